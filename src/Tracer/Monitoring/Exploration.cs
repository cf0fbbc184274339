using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Small hot sets in large cold regions: an extra sample that was accessed where hardly any other was gets a small region of its own, which the
/// next aggregation samples in every window. Merging takes it away again when it is no different from its surroundings. A step of ours beside
/// the kernel's random splits, which find 64 KiB in 512 MiB by chance only.
/// </summary>
internal static class Exploration
{
    /// <summary>Pages of the region cut around a hit.</summary>
    internal const ulong CutPages = 32;

    /// <summary>Regions with less memory than this many pages are fine enough.</summary>
    internal const ulong MinPages = 2 * CutPages;

    // Where more than this share of a region's samples is accessed, memory is sprinkled with accesses and cutting would not end.
    private const double LargestShare = 0.02;

    // One or two hits say nothing about a share.
    private const uint FewHits = 2;

    /// <summary>Cuts a region around each hit, as far as there is room. No allocation.</summary>
    /// <param name="regions">Sorted; the pieces inherit everything from the region they are cut out of.</param>
    /// <param name="hits">Accessed addresses; sorted here.</param>
    /// <param name="room">Regions that may be added.</param>
    /// <param name="minRegionSize">Smallest region and alignment, in bytes.</param>
    internal static void Cut(RegionArray regions, List<ulong> hits, long room, ulong minRegionSize)
    {
        Span<ulong> addresses = CollectionsMarshal.AsSpan(hits);
        addresses.Sort();
        ulong half = CutPages / 2 * minRegionSize;
        int next = 0;
        foreach (ref readonly DamonRegion region in regions.AsSpan())
        {
            while (next < addresses.Length && addresses[next] < region.Start)
            {
                next++;
            }

            DamonRegion rest = region;
            bool isWorth = IsWorthCutting(region, minRegionSize);
            for (; next < addresses.Length && addresses[next] < region.End; next++)
            {
                ulong page = DamonArithmetic.AlignDown(addresses[next], minRegionSize);
                if (!isWorth || room < 2 || page < rest.Start)
                {
                    continue;
                }

                ulong from = Math.Max(rest.Start, page > half ? page - half : 0);
                ulong to = Math.Min(region.End, page + half);
                room -= AppendUpTo(regions, ref rest, from) + AppendUpTo(regions, ref rest, to);
            }

            if (rest.Start < rest.End)
            {
                regions.Append(rest);
            }
        }

        regions.TakeAppended();
    }

    private static bool IsWorthCutting(in DamonRegion region, ulong minRegionSize)
    {
        if (region.Size <= MinPages * minRegionSize)
        {
            return false;
        }

        uint accessed = region.WindowAccessed;
        return accessed <= FewHits || accessed <= LargestShare * region.WindowSamples;
    }

    private static int AppendUpTo(RegionArray regions, ref DamonRegion rest, ulong end)
    {
        if (rest.Start >= end || end >= rest.End)
        {
            return 0;
        }

        regions.Append(rest with { End = end });
        rest.Start = end;
        return 1;
    }
}
