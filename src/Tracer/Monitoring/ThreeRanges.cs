namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// The kernel's rule for what to monitor of an address space: everything between the first and the last mapping except the two biggest
/// gaps, which in a usual process lie below and above the mmap area (damon_va_three_regions, mm/damon/vaddr.c).
/// </summary>
internal static class ThreeRanges
{
    internal const int Count = 3;

    /// <summary>Finds the three ranges; bounds are rounded up to the smallest region, so a range may come out empty.</summary>
    /// <returns>False when there are fewer than two gaps; the kernel returns -EINVAL there.</returns>
    internal static bool TryFind(ReadOnlySpan<AddressRange> mappings, ulong minRegionSize, Span<AddressRange> ranges)
    {
        AddressRange biggest = default;
        AddressRange second = default;
        for (int i = 1; i < mappings.Length; i++)
        {
            AddressRange gap = new(mappings[i - 1].End, mappings[i].Start);
            if (gap.Size > biggest.Size)
            {
                (biggest, second) = (gap, biggest);
            }
            else if (gap.Size > second.Size)
            {
                second = gap;
            }
        }

        if (second.Size == 0)
        {
            return false;
        }

        (AddressRange low, AddressRange high) = biggest.Start < second.Start ? (biggest, second) : (second, biggest);
        ranges[0] = RoundUp(new(mappings[0].Start, low.Start), minRegionSize);
        ranges[1] = RoundUp(new(low.End, high.Start), minRegionSize);
        ranges[2] = RoundUp(new(high.End, mappings[^1].End), minRegionSize);
        return true;
    }

    internal static AddressRange RoundUp(AddressRange range, ulong minRegionSize) =>
        new(DamonArithmetic.AlignUp(range.Start, minRegionSize), DamonArithmetic.AlignUp(range.End, minRegionSize));
}
