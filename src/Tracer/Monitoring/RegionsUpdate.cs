namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Adapting the regions of a target to mappings that changed, keeping what is known wherever it still applies.</summary>
internal static class RegionsUpdate
{
    /// <summary>
    /// Fits the regions to the ranges (damon_set_regions): regions outside every range go, the first and the last in a range are stretched
    /// or shrunk to its bounds, holes are filled with fresh regions, a range without any region gets a fresh one. A region that reaches
    /// into two ranges stays with the first.
    /// </summary>
    internal static void FitToRanges(RegionArray regions, ReadOnlySpan<AddressRange> ranges, ulong minRegionSize)
    {
        Span<DamonRegion> old = regions.AsSpan();
        int i = 0;
        foreach (AddressRange range in ranges)
        {
            AddressRange bounds = new(
                DamonArithmetic.AlignDown(range.Start, minRegionSize), DamonArithmetic.AlignUp(range.End, minRegionSize));
            while (i < old.Length && old[i].End <= range.Start)
            {
                i++;
            }

            int first = i;
            while (i < old.Length && old[i].Start < range.End)
            {
                i++;
            }

            AppendRange(regions, old[first..i], bounds);
        }

        regions.TakeAppended();
    }

    /// <summary>
    /// Makes the regions exactly the mappings, for access checks that cannot see anything smaller. A mapping takes over what is known of
    /// the first region it overlaps.
    /// </summary>
    internal static void FollowMappings(RegionArray regions, ReadOnlySpan<AddressRange> mappings)
    {
        Span<DamonRegion> old = regions.AsSpan();
        int i = 0;
        foreach (AddressRange mapping in mappings)
        {
            if (mapping.Size == 0)
            {
                continue;
            }

            while (i < old.Length && old[i].End <= mapping.Start)
            {
                i++;
            }

            DamonRegion region = i < old.Length && old[i].Start < mapping.End ? old[i] : default;
            regions.Append(region with { Start = mapping.Start, End = mapping.End, SamplingAddress = mapping.Start });
        }

        regions.TakeAppended();
    }

    private static void AppendRange(RegionArray regions, ReadOnlySpan<DamonRegion> inside, AddressRange bounds)
    {
        if (inside.IsEmpty)
        {
            regions.Append(RegionArray.Fresh(bounds.Start, bounds.End));
            return;
        }

        regions.Append(inside[0] with { Start = bounds.Start });
        foreach (ref readonly DamonRegion region in inside[1..])
        {
            ulong end = regions.LastAppended.End;
            if (end < region.Start)
            {
                regions.Append(RegionArray.Fresh(end, region.Start));
            }

            regions.Append(region);
        }

        regions.LastAppended.End = bounds.End;
    }
}
