using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>Addresses that were met before: ranges, ascending, neither touching nor overlapping.</summary>
internal sealed class AddressSet
{
    private readonly List<AddressRange> _ranges = [];

    internal IReadOnlyList<AddressRange> Ranges => _ranges;

    /// <summary>Adds a range; bytes of it that were not in the set. A binary search, and the ranges it joins.</summary>
    internal ulong Add(AddressRange range)
    {
        int first = FirstEndingAtOrAfter(range.Start);
        int last = first;
        ulong known = 0;
        ulong start = range.Start;
        ulong end = range.End;
        for (; last < _ranges.Count && _ranges[last].Start <= range.End; last++)
        {
            AddressRange other = _ranges[last];
            ulong from = Math.Max(other.Start, range.Start);
            ulong to = Math.Min(other.End, range.End);
            known += to > from ? to - from : 0;
            start = Math.Min(start, other.Start);
            end = Math.Max(end, other.End);
        }

        _ranges.RemoveRange(first, last - first);
        _ranges.Insert(first, new AddressRange(start, end));
        return range.Size - known;
    }

    private int FirstEndingAtOrAfter(ulong address)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _ranges[middle].End < address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
