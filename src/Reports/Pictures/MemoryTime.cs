using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Pictures;

/// <summary>The working set sizes of one target in time order, 40 bytes a snapshot, and their distributions.</summary>
internal sealed class MemoryTime
{
    private readonly List<(long EndNs, ulong Bytes, MemoryPoint? Estimate)> _sizes = [];

    /// <summary>By damo's rule: bytes of regions found accessed at least so often.</summary>
    public Distribution Distribution { get; } = new();

    /// <summary>Bytes touched in one sampling interval, as the samples estimate them; empty where no snapshot tells.</summary>
    public Distribution Estimates { get; } = new();

    public int Count => _sizes.Count;

    public void Add(long endNs, ulong bytes, SnapshotMemory? memory = null)
    {
        MemoryPoint? estimate = memory is { ResidentBytes: not SnapshotMemory.Unknown } known ? MemoryPoint.Of(in known) : null;
        _sizes.Add((endNs, bytes, estimate));
        Distribution.Add(bytes);
        if (estimate is { } point)
        {
            Estimates.Add(point.Bytes);
        }
    }

    /// <summary>
    /// At most so many points: each the mean, least and most of the same number of consecutive snapshots, at the end of the last of them.
    /// With as many points as snapshots they are the snapshots themselves.
    /// </summary>
    public IEnumerable<WssStretch> Points(int most)
    {
        int each = Math.Max(1, (int)(((long)_sizes.Count + most - 1) / most));
        for (int first = 0; first < _sizes.Count; first += each)
        {
            int after = Math.Min(first + each, _sizes.Count);
            double sum = 0;
            ulong least = ulong.MaxValue;
            ulong largest = 0;
            for (int i = first; i < after; i++)
            {
                sum += _sizes[i].Bytes;
                least = Math.Min(least, _sizes[i].Bytes);
                largest = Math.Max(largest, _sizes[i].Bytes);
            }

            yield return new WssStretch(_sizes[after - 1].EndNs, sum / (after - first), least, largest, BandOf(first, after));
        }
    }

    private WssBand? BandOf(int first, int after)
    {
        WssBand sum = default;
        int count = 0;
        for (int i = first; i < after; i++)
        {
            if (_sizes[i].Estimate is { } point)
            {
                sum = new WssBand(sum.Bytes + point.Bytes, sum.Low + point.LowBytes, sum.High + point.HighBytes, sum.Unknown + point.UnknownBytes);
                count++;
            }
        }

        return count == 0 ? null : new WssBand(sum.Bytes / count, sum.Low / count, sum.High / count, sum.Unknown / count);
    }
}
