using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Small hot sets in large cold regions: an extra sample that was accessed where hardly any other was gets a small region of its own, which the
/// next aggregation samples in every window, and what is found hot is widened. Merging takes a region away again when it is no different from its
/// surroundings. Steps of ours beside the kernel's random splits, which find 64 KiB in 512 MiB by chance only.
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

    /// <summary>
    /// Cuts a piece off each large cold region where it borders on a small hot one, half as large as that one: while the pieces turn out hot, a set found at one page
    /// doubles with every aggregation until its ends are reached. Merging takes cold pieces away again. No allocation.
    /// </summary>
    /// <param name="regions">Sorted, of which nr_accesses are those of the aggregation before.</param>
    /// <param name="maxNrAccesses">Largest nr_accesses possible.</param>
    /// <param name="room">Regions that may be added.</param>
    /// <param name="minRegionSize">Smallest region and alignment, in bytes.</param>
    internal static void Widen(RegionArray regions, uint maxNrAccesses, long room, ulong minRegionSize)
    {
        Span<DamonRegion> all = regions.AsSpan();
        for (int i = 0; i < all.Length; i++)
        {
            DamonRegion rest = all[i];
            if (rest.Size > MinPages * minRegionSize && !IsHot(rest, maxNrAccesses))
            {
                ulong below = i > 0 && all[i - 1].End == rest.Start ? PieceBeside(all[i - 1]) : 0;
                ulong above = i + 1 < all.Length && all[i + 1].Start == rest.End ? PieceBeside(all[i + 1]) : 0;
                ulong end = rest.End;
                room -= below > 0 && below < rest.Size && room > 0 ? AppendUpTo(regions, ref rest, rest.Start + below) : 0;
                room -= above > 0 && above < rest.Size && room > 0 ? AppendUpTo(regions, ref rest, end - above) : 0;
            }

            regions.Append(rest);
        }

        regions.TakeAppended();

        ulong PieceBeside(in DamonRegion hot) => !IsHot(hot, maxNrAccesses)
            ? 0
            : Math.Max(CutPages * minRegionSize, DamonArithmetic.AlignDown(hot.Size / 2, minRegionSize));
    }

    private static bool IsHot(in DamonRegion region, uint maxNrAccesses) => region.LastNrAccesses * 2 >= maxNrAccesses;

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
