using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>The estimates of one snapshot as they travel: a record per region and their sums. Allocates only while the number of regions grows.</summary>
internal sealed class RegionEstimates
{
    private RegionEstimateRecord[] _records = [];
    private int _count;

    /// <summary>One record per region of the latest <see cref="Fill"/>.</summary>
    internal ReadOnlySpan<RegionEstimateRecord> Records => _records.AsSpan(0, _count);

    /// <summary>Takes over the estimates of a snapshot's regions.</summary>
    internal SnapshotMemory Fill(ReadOnlySpan<DamonRegion> regions)
    {
        if (_records.Length < regions.Length)
        {
            _records = new RegionEstimateRecord[Math.Max(regions.Length, _records.Length * 2)];
        }

        _count = regions.Length;
        RegionEstimate sum = default;
        for (int i = 0; i < regions.Length; i++)
        {
            ref readonly RegionEstimate estimate = ref regions[i].Estimate;
            sum.Add(estimate);
            _records[i] = new RegionEstimateRecord
            {
                ResidentPages = Pages(estimate.Resident),
                UnknownPages = Pages(estimate.Unknown),
                TouchedPages = (float)(estimate.Touched / RegionEstimateRecord.PageBytes),
                TouchedErrorPages = (float)(estimate.StandardError / RegionEstimateRecord.PageBytes),
            };
        }

        return new SnapshotMemory
        {
            ResidentBytes = (ulong)Math.Round(sum.Resident),
            UnknownBytes = (ulong)Math.Round(sum.Unknown),
            TouchedBytes = (ulong)Math.Round(sum.Touched),
            TouchedErrorBytes = (ulong)Math.Round(sum.StandardError),
        };
    }

    private static uint Pages(double bytes) => (uint)Math.Clamp(Math.Round(bytes / RegionEstimateRecord.PageBytes), 0, uint.MaxValue);
}
