namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Leaves the largest unmapped holes out of the ranges. A step of ours above the kernel's rule of the two biggest gaps: the programs of
/// today have more big gaps than two (runtimes reserve addresses around their heaps, sanitizers shadow memory), and every region in a hole
/// is taken from memory that exists. Holes are cut largest first until what is left of them is a quarter of the mapped memory.
/// </summary>
internal static class UnmappedHoles
{
    private const int HolesToleratedPerMapped = 4;

    /// <summary>Cuts holes out of ranges.</summary>
    /// <param name="mappings">Sorted and disjoint.</param>
    /// <param name="minRegionSize">Holes are shrunk to multiples of it.</param>
    /// <param name="ranges">Sorted and disjoint, <paramref name="count"/> of them; receives up to its length.</param>
    /// <param name="count">Ranges on entry.</param>
    /// <returns>Ranges on exit. Bounded by mappings x room for more ranges; no allocation.</returns>
    internal static int LeaveOut(ReadOnlySpan<AddressRange> mappings, ulong minRegionSize, Span<AddressRange> ranges, int count)
    {
        Span<AddressRange> largest = stackalloc AddressRange[ranges.Length - count];
        int found = FindLargest(mappings, minRegionSize, ranges[..count], largest, out ulong holesSize, out ulong mappedSize);
        foreach (AddressRange hole in largest[..found])
        {
            if (holesSize <= mappedSize / HolesToleratedPerMapped)
            {
                break;
            }

            count = Cut(ranges, count, hole);
            holesSize -= hole.Size;
        }

        return count;
    }

    private static int FindLargest(
        ReadOnlySpan<AddressRange> mappings, ulong minRegionSize, ReadOnlySpan<AddressRange> ranges, Span<AddressRange> largest,
        out ulong holesSize, out ulong mappedSize)
    {
        holesSize = 0;
        mappedSize = mappings.IsEmpty ? 0 : mappings[0].Size;
        int found = 0;
        for (int i = 1; i < mappings.Length; i++)
        {
            mappedSize += mappings[i].Size;
            ulong start = DamonArithmetic.AlignUp(mappings[i - 1].End, minRegionSize);
            ulong end = mappings[i].Start / minRegionSize * minRegionSize;
            if (start < end && IsInside(ranges, start, end))
            {
                holesSize += end - start;
                found = Insert(largest, found, new AddressRange(start, end));
            }
        }

        return found;
    }

    private static bool IsInside(ReadOnlySpan<AddressRange> ranges, ulong start, ulong end)
    {
        foreach (AddressRange range in ranges)
        {
            if (start >= range.Start && end <= range.End)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps the largest, descending; of equal ones the earlier first.</summary>
    private static int Insert(Span<AddressRange> largest, int count, AddressRange hole)
    {
        int at = count;
        while (at > 0 && largest[at - 1].Size < hole.Size)
        {
            at--;
        }

        if (at == largest.Length)
        {
            return count;
        }

        count = Math.Min(count + 1, largest.Length);
        largest[at..(count - 1)].CopyTo(largest[(at + 1)..]);
        largest[at] = hole;
        return count;
    }

    /// <summary>A hole lies between two mappings of one range, so both parts of that range stay.</summary>
    private static int Cut(Span<AddressRange> ranges, int count, AddressRange hole)
    {
        int i = 0;
        while (hole.Start >= ranges[i].End)
        {
            i++;
        }

        ranges[i..count].CopyTo(ranges[(i + 1)..]);
        ranges[i] = ranges[i] with { End = hole.Start };
        ranges[i + 1] = ranges[i + 1] with { Start = hole.End };
        return count + 1;
    }
}
