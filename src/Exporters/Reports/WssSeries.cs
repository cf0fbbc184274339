using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>
/// The working set sizes of one target, eight bytes a snapshot: percentiles need all of them (a day of 100 ms aggregations is 7 MB).
/// </summary>
internal sealed class WssSeries
{
    private readonly List<ulong> _sizes = [];
    private bool _sorted;

    public int Count => _sizes.Count;

    public double Mean => _sizes.Count == 0 ? 0 : _sizes.Average(size => (double)size);

    /// <summary>Sum of the sizes of regions accessed at least so often.</summary>
    public static ulong SizeOf(Snapshot snapshot, uint accessThreshold)
    {
        ulong bytes = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            if (region.NrAccesses >= accessThreshold && region.End > region.Start)
            {
                bytes += region.End - region.Start;
            }
        }

        return bytes;
    }

    public void Add(ulong bytes)
    {
        _sizes.Add(bytes);
        _sorted = false;
    }

    /// <summary>damo's rule: the value at index int(percentile / 100 * n) of the sorted sizes, the last at most.</summary>
    public ulong Percentile(int percentile)
    {
        if (_sizes.Count == 0)
        {
            return 0;
        }

        if (!_sorted)
        {
            _sizes.Sort();
            _sorted = true;
        }

        // In floating point as there, so that the same text gives the same numbers.
        return _sizes[Math.Min((int)(percentile / 100.0 * _sizes.Count), _sizes.Count - 1)];
    }
}
