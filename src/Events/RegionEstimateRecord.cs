using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// What the samples of one region say about its memory, 16 bytes, in pages of 4 KiB. <c>damon_trace_estimates</c> carries them as
/// target_id (u64), first_region (u32, index of the first of them in its snapshot), nr_regions (u32), then a blob: u32 size in bytes and
/// one record per region. It follows the snapshot's header and comes before its regions.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct RegionEstimateRecord
{
    /// <summary>Bytes of one unit of the fields.</summary>
    public const int PageBytes = 4096;

    /// <summary>Regions that one event carries at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxRegions = 3_000;

    /// <summary>Memory the region holds.</summary>
    public uint ResidentPages;

    /// <summary>Of these, pages about which no valid sample says anything.</summary>
    public uint UnknownPages;

    /// <summary>Pages touched in one sampling interval, mean over the windows of the aggregation.</summary>
    public float TouchedPages;

    /// <summary>Standard error of <see cref="TouchedPages"/>.</summary>
    public float TouchedErrorPages;

    /// <summary>Share of the region whose heat is known, 0 to 1: none of it where there is no memory.</summary>
    public readonly double KnownShare => ResidentPages == 0 ? 0 : 1 - (Math.Min(UnknownPages, ResidentPages) / (double)ResidentPages);
}
