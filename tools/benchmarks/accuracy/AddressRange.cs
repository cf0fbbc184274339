namespace Damon.Trace.Accuracy;

/// <summary>Addresses from Start on; End is the first byte after them.</summary>
internal readonly record struct AddressRange(ulong Start, ulong End)
{
    internal ulong Size => End - Start;

    /// <summary>Bytes in both.</summary>
    internal ulong Overlap(AddressRange other)
    {
        ulong start = Math.Max(Start, other.Start);
        ulong end = Math.Min(End, other.End);
        return end > start ? end - start : 0;
    }

    /// <summary>The same addresses, in order, each once.</summary>
    internal static List<AddressRange> Union(IEnumerable<AddressRange> ranges)
    {
        List<AddressRange> union = [];
        foreach (AddressRange range in ranges.OrderBy(range => range.Start))
        {
            if (union.Count > 0 && union[^1].End >= range.Start)
            {
                union[^1] = union[^1] with { End = Math.Max(union[^1].End, range.End) };
            }
            else
            {
                union.Add(range);
            }
        }

        return union;
    }

    /// <summary>Bytes of this range in a list that <see cref="Union"/> made.</summary>
    internal ulong Overlap(List<AddressRange> union)
    {
        int low = 0;
        int high = union.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (union[middle].End <= Start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        ulong bytes = 0;
        for (; low < union.Count && union[low].Start < End; low++)
        {
            bytes += Overlap(union[low]);
        }

        return bytes;
    }
}
