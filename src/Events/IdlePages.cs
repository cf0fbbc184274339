using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// For how long the memory of one target has been idle, from random pages that are followed one by one: fixed part of
/// <c>damon_trace_idle</c>, 80 bytes. A blob follows: u32 size in bytes and one <see cref="IdleRecord"/> per mapping. About one event per
/// second and target.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct IdlePages
{
    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds of the latest look at the pages.</summary>
    public ulong TimeNs;

    /// <summary>
    /// CLOCK_MONOTONIC nanoseconds since which pages are followed: a page never seen accessed has been idle since then at least.
    /// </summary>
    public ulong SinceNs;

    /// <summary>
    /// Nanoseconds between the two latest looks, and between that pair and the pair before: idle times up to the first, and from the second
    /// on, are known.
    /// </summary>
    public ulong ShortNs;

    /// <inheritdoc cref="ShortNs"/>
    public ulong LongNs;

    /// <summary>Generation of the target's mappings that the records' indices belong to.</summary>
    public uint Generation;

    /// <summary>Records that follow.</summary>
    public uint NrRecords;

    /// <summary>
    /// Neighbours in address order of which one was accessed within the bound and the other was not, for each of the
    /// bounds of <see cref="IdleBuckets"/>: half of it x (bytes per page followed)^2 estimates the variance of the bytes accessed within
    /// the bound, for scattered and for solid memory alike.
    /// </summary>
    public IdleChanges NrChanges;

    /// <summary>Pages followed in all records; a page of 4 KiB each.</summary>
    public uint NrPages;
}

/// <summary>A number for each bound of <see cref="IdleBuckets"/>.</summary>
[InlineArray(IdleBuckets.NrBounds)]
public struct IdleChanges
{
    private ushort _first;
}

/// <summary>One mapping's followed pages by idle time: 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct IdleRecord
{
    /// <summary><see cref="Mapping"/> of all mappings together that have no record of their own.</summary>
    public const uint OtherMappings = uint.MaxValue;

    /// <summary>Records that one event carries at most: an event of the provider is smaller than 64 KB.</summary>
    public const int MaxRecords = 1_000;

    /// <summary>Index of the mapping in its generation, in address order.</summary>
    public uint Mapping;

    /// <summary>Memory it holds, in pages of 4 KiB: all of it, not only what is followed.</summary>
    public uint ResidentPages;

    /// <summary>Followed pages about which nothing can be known.</summary>
    public ushort NrUnknown;

    /// <summary>Followed pages by idle time, see <see cref="IdleBuckets"/>.</summary>
    public IdleCounts NrPages;
}

/// <summary>Followed pages of one mapping for each bucket of <see cref="IdleBuckets"/>.</summary>
[InlineArray(IdleBuckets.Count)]
public struct IdleCounts
{
    private ushort _first;
}

/// <summary>The buckets of idle time: up to each bound, and one for all that is longer or was never seen accessed.</summary>
public static class IdleBuckets
{
    /// <summary>Number of bounds.</summary>
    public const int NrBounds = 14;

    /// <summary>Number of buckets.</summary>
    public const int Count = NrBounds + 1;

    private static readonly ulong[] s_boundsMs =
        [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000];

    /// <summary>Upper bounds in milliseconds, ascending. A page accessed within a bound is in its bucket or in one before.</summary>
    public static ReadOnlySpan<ulong> BoundsMs => s_boundsMs;

    /// <summary>The bucket of an idle time in nanoseconds.</summary>
    public static int Of(ulong idleNs)
    {
        int bucket = 0;
        while (bucket < NrBounds && idleNs > s_boundsMs[bucket] * 1_000_000)
        {
            bucket++;
        }

        return bucket;
    }
}
