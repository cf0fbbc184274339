namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Splitting of regions at random places, so that the next aggregation can tell their parts apart.</summary>
internal static class RegionSplit
{
    /// <summary>Most pieces one region is split into.</summary>
    internal const int MaxPieces = 3;

    /// <summary>
    /// Into how many pieces each region is split: 1 (none) if more than half of max_nr_regions exist, 3 if the number did not change since
    /// the split before and there is room (the middle of a region may differ from both ends), otherwise 2.
    /// </summary>
    internal static int Pieces(long nrRegions, long lastNrRegions, uint maxNrRegions)
    {
        if (nrRegions > maxNrRegions / 2)
        {
            return 1;
        }

        return nrRegions == lastNrRegions && nrRegions < maxNrRegions / 3 ? MaxPieces : 2;
    }

    /// <summary>
    /// Regions that exist only because memory that holds nothing is left out: the kernel monitors three ranges of a process whatever lies in
    /// them, here each further island has a region at least. They leave both sides of the kernel's rule, or a target of many islands would
    /// stay above half of max_nr_regions and never be split.
    /// </summary>
    internal static long NrFurtherIslands(ReadOnlySpan<DamonRegion> regions)
    {
        long islands = 0;
        ulong end = ulong.MaxValue;
        foreach (ref readonly DamonRegion region in regions)
        {
            islands += region.Start == end ? 0 : 1;
            end = region.End;
        }

        return Math.Max(0, islands - ThreeRanges.Count);
    }

    /// <summary>Splits every region into up to the given number of pieces; children inherit counters and age.</summary>
    internal static void Split(RegionArray regions, int pieces, ulong minRegionSize, IRandomSource random)
    {
        foreach (ref readonly DamonRegion region in regions.AsSpan())
        {
            AppendPieces(regions, region, pieces, minRegionSize, random);
        }

        regions.TakeAppended();
    }

    /// <summary>
    /// As <see cref="Split"/>, but only a random choice of those large enough, each choice as likely (selection sampling, Knuth 3.4.2 S).
    /// </summary>
    /// <param name="choose">How many regions to choose, out of how many; both are counted down, so that the next target goes on.</param>
    internal static void SplitChosen(
        RegionArray regions, int pieces, ulong minRegionSize, IRandomSource random, ref (long Picks, long Of) choose)
    {
        foreach (ref readonly DamonRegion region in regions.AsSpan())
        {
            bool isChosen = false;
            if (IsLargeEnough(region, minRegionSize))
            {
                isChosen = choose.Picks > 0 && UniformDraw.Below(random, (ulong)choose.Of) < (ulong)choose.Picks;
                choose = (choose.Picks - (isChosen ? 1 : 0), choose.Of - 1);
            }

            AppendPieces(regions, region, isChosen ? pieces : 1, minRegionSize, random);
        }

        regions.TakeAppended();
    }

    internal static bool IsLargeEnough(in DamonRegion region, ulong minRegionSize) => region.Size > 2 * minRegionSize;

    /// <summary>Size of the left part when a region is cut at the given tenth; 0 or the whole size means that it cannot be cut there.</summary>
    internal static ulong LeftSize(ulong size, uint tenths, ulong minRegionSize) =>
        DamonArithmetic.AlignDown(DamonArithmetic.MultiplyDivide(size, tenths, 10), minRegionSize);

    private static void AppendPieces(RegionArray regions, in DamonRegion region, int pieces, ulong minRegionSize, IRandomSource random)
    {
        // Each cut continues on the left part, so the cuts come from right to left while regions are appended from left to right.
        Span<ulong> cuts = stackalloc ulong[MaxPieces - 1];
        int nrCuts = 0;
        ulong size = region.Size;
        for (int i = 0; i < pieces - 1 && size > 2 * minRegionSize; i++)
        {
            uint tenths = 1 + (uint)UniformDraw.Below(random, 9);
            ulong leftSize = LeftSize(size, tenths, minRegionSize);
            if (leftSize == 0 || leftSize >= size)
            {
                continue;
            }

            cuts[nrCuts++] = region.Start + leftSize;
            size = leftSize;
        }

        DamonRegion rest = region;
        while (nrCuts > 0)
        {
            ulong cut = cuts[--nrCuts];
            regions.Append(rest with { End = cut });
            rest.Start = cut;
        }

        regions.Append(rest);
    }
}
