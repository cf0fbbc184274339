namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// A union of address ranges in bounded memory: beyond the limit the smallest gap is closed, so that it never loses a byte, only gaps.
/// </summary>
public sealed class RangeSet(int limit)
{
    private readonly List<(ulong Start, ulong End)> _ranges = [];

    // Where the range before was: the next one is usually in the same, as regions come in the order of their addresses.
    private int _last;

    /// <summary>The ranges in address order; none touches the next.</summary>
    public IReadOnlyList<(ulong Start, ulong End)> Ranges => _ranges;

    /// <summary>Bound by the search among a bounded number of ranges; ranges already covered cost nothing more.</summary>
    public void Add(ulong start, ulong end)
    {
        if (start >= end)
        {
            return;
        }

        if (Covers(_last, start, end))
        {
            return;
        }

        int first = FirstEndingAtOrAfter(start);
        _last = first;
        if (Covers(first, start, end))
        {
            return;
        }

        int after = first;
        while (after < _ranges.Count && _ranges[after].Start <= end)
        {
            start = Math.Min(start, _ranges[after].Start);
            end = Math.Max(end, _ranges[after].End);
            after++;
        }

        _ranges.RemoveRange(first, after - first);
        _ranges.Insert(first, (start, end));
        if (_ranges.Count > limit)
        {
            CloseSmallestGap();
        }
    }

    /// <summary>Bytes of the set inside a range.</summary>
    public ulong BytesIn(ulong start, ulong end)
    {
        ulong bytes = 0;
        for (int i = FirstEndingAtOrAfter(start); i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            // The first one may only touch the start.
            ulong to = Math.Min(end, _ranges[i].End);
            ulong from = Math.Max(start, _ranges[i].Start);
            bytes += to > from ? to - from : 0;
        }

        return bytes;
    }

    /// <summary>What is in this set and not in the other, in address order.</summary>
    public IEnumerable<(ulong Start, ulong End)> Except(RangeSet other)
    {
        int next = 0;
        foreach ((ulong rangeStart, ulong end) in _ranges)
        {
            ulong start = rangeStart;
            while (next < other._ranges.Count && other._ranges[next].End <= start)
            {
                next++;
            }

            for (int i = next; i < other._ranges.Count && other._ranges[i].Start < end; i++)
            {
                if (other._ranges[i].Start > start)
                {
                    yield return (start, other._ranges[i].Start);
                }

                start = Math.Max(start, other._ranges[i].End);
            }

            if (start < end)
            {
                yield return (start, end);
            }
        }
    }

    private bool Covers(int index, ulong start, ulong end) =>
        index < _ranges.Count && _ranges[index].Start <= start && _ranges[index].End >= end;

    private int FirstEndingAtOrAfter(ulong address)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void CloseSmallestGap()
    {
        int best = 1;
        for (int i = 2; i < _ranges.Count; i++)
        {
            if (_ranges[i].Start - _ranges[i - 1].End < _ranges[best].Start - _ranges[best - 1].End)
            {
                best = i;
            }
        }

        _ranges[best - 1] = (_ranges[best - 1].Start, _ranges[best].End);
        _ranges.RemoveAt(best);
    }
}
