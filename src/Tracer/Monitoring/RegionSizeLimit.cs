namespace Damon.Trace.Tracer.Monitoring;

/// <summary>How min_nr_regions is kept: by a limit on the size of a region.</summary>
internal static class RegionSizeLimit
{
    /// <summary>Largest size a merge may make: the total of all targets divided by min_nr_regions, at least the smallest region.</summary>
    internal static ulong Of(ulong totalSize, uint minNrRegions, ulong minRegionSize) =>
        Math.Max(minRegionSize, totalSize / Math.Max(1, minNrRegions));

    /// <summary>Cuts pieces of the limit (rounded up to the smallest region) off the front of every region that is larger.</summary>
    internal static void ApplyMinNrRegions(RegionArray regions, ulong sizeLimit, ulong minRegionSize)
    {
        ulong pieceSize = DamonArithmetic.AlignUp(sizeLimit, minRegionSize);
        foreach (ref readonly DamonRegion region in regions.AsSpan())
        {
            DamonRegion rest = region;
            while (rest.Size > pieceSize)
            {
                DamonRegion piece = rest with { End = rest.Start + pieceSize };
                regions.Append(piece);
                rest.Start = piece.End;
            }

            regions.Append(rest);
        }

        regions.TakeAppended();
    }
}
