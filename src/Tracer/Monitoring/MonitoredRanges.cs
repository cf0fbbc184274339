namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Which ranges of an address space are monitored. First the kernel's rule, <see cref="ThreeRanges"/>. Where that finds nothing because the
/// process has fewer than two gaps (tiny or static programs), the kernel cannot monitor it; we take the one or two ranges its mappings
/// form. Then, where there is room for more ranges, <see cref="UnmappedHoles"/>. These two steps are ours and stand above the kernel's rule,
/// which is unchanged.
/// </summary>
internal static class MonitoredRanges
{
    /// <summary>Finds the ranges, sorted, disjoint and not empty.</summary>
    /// <param name="mappings">Sorted and disjoint.</param>
    /// <param name="minRegionSize">Alignment of all bounds.</param>
    /// <param name="ranges">Room for at least three; with no more than that, holes are not looked for.</param>
    /// <returns>Their number; 0 when nothing is mapped.</returns>
    internal static int Find(ReadOnlySpan<AddressRange> mappings, ulong minRegionSize, Span<AddressRange> ranges)
    {
        int count = ThreeRanges.TryFind(mappings, minRegionSize, ranges)
            ? ThreeRanges.Count
            : FindContiguous(mappings, minRegionSize, ranges);
        count = RemoveEmpty(ranges[..count]);
        return UnmappedHoles.LeaveOut(mappings, minRegionSize, ranges, count);
    }

    /// <summary>The ranges contiguous mappings form; two at most, as there is one gap at most.</summary>
    internal static int FindContiguous(ReadOnlySpan<AddressRange> mappings, ulong minRegionSize, Span<AddressRange> ranges)
    {
        if (mappings.IsEmpty)
        {
            return 0;
        }

        int count = 0;
        AddressRange range = mappings[0];
        foreach (AddressRange mapping in mappings[1..])
        {
            if (mapping.Start > range.End)
            {
                ranges[count++] = ThreeRanges.RoundUp(range, minRegionSize);
                range = mapping;
            }

            range = range with { End = mapping.End };
        }

        ranges[count++] = ThreeRanges.RoundUp(range, minRegionSize);
        return count;
    }

    private static int RemoveEmpty(Span<AddressRange> ranges)
    {
        int kept = 0;
        foreach (AddressRange range in ranges)
        {
            if (range.Size > 0)
            {
                ranges[kept++] = range;
            }
        }

        return kept;
    }
}
