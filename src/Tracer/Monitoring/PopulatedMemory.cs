namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// The memory of one target in address order: which ranges hold pages. Offsets count its bytes as if the holes between them were not there, so
/// a uniform offset is a uniform page of what exists. Allocates only while the number of ranges grows.
/// </summary>
internal sealed class PopulatedMemory
{
    private AddressRange[] _ranges = [];
    private ulong[] _offsets = [0];
    private int _count;

    /// <summary>True once the ranges are known; before, and where the kernel cannot be asked, all that is mapped may hold memory.</summary>
    internal bool IsKnown { get; private set; }

    /// <summary>Bytes in all ranges.</summary>
    internal ulong Size => _offsets[_count];

    /// <summary>The ranges, ascending and disjoint.</summary>
    internal ReadOnlySpan<AddressRange> Ranges => _ranges.AsSpan(0, _count);

    /// <summary>Takes over what the address space says.</summary>
    internal void Set(ReadOnlySpan<AddressRange> ranges)
    {
        if (_ranges.Length < ranges.Length)
        {
            int capacity = Math.Max(ranges.Length, _ranges.Length * 2);
            _ranges = new AddressRange[capacity];
            _offsets = new ulong[capacity + 1];
        }

        ulong offset = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            _ranges[i] = ranges[i];
            _offsets[i] = offset;
            offset += ranges[i].Size;
        }

        _offsets[ranges.Length] = offset;
        _count = ranges.Length;
        IsKnown = true;
    }

    /// <summary>Bytes of memory below an address.</summary>
    internal ulong Below(ulong address)
    {
        int i = LastAtOrBelow(address);
        return i < 0 ? 0 : _offsets[i] + Math.Min(address - _ranges[i].Start, _ranges[i].Size);
    }

    /// <summary>Bytes of memory in a range.</summary>
    internal ulong In(ulong start, ulong end) => Below(end) - Below(start);

    /// <summary>The address of a byte.</summary>
    /// <param name="offset">Less than <see cref="Size"/>.</param>
    internal ulong AddressAt(ulong offset)
    {
        int i = _offsets.AsSpan(0, _count + 1).BinarySearch(offset);
        i = i >= 0 ? i : ~i - 1;
        return _ranges[i].Start + (offset - _offsets[i]);
    }

    /// <summary>
    /// The ranges with the small gaps between them closed: what is worth being monitored as one. Always in the bounds of the ranges themselves.
    /// </summary>
    internal void Close(ulong largestGap, List<AddressRange> closed)
    {
        closed.Clear();
        foreach (AddressRange range in Ranges)
        {
            if (closed.Count > 0 && range.Start - closed[^1].End <= largestGap)
            {
                closed[^1] = closed[^1] with { End = range.End };
            }
            else
            {
                closed.Add(range);
            }
        }
    }

    private int LastAtOrBelow(ulong address)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
