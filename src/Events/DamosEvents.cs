using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>A scheme is about to be applied to a region; the kernel's <c>damos_before_apply</c>. 44 bytes, packed, little endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DamosBeforeApply
{
    /// <summary>Index of the context in its kdamond.</summary>
    public uint ContextIdx;

    /// <summary>Index of the scheme in its context.</summary>
    public uint SchemeIdx;

    /// <summary>
    /// The region, cut as it will be acted on; its target id is the event's target_idx, its nr_accesses those of the latest aggregation
    /// interval.
    /// </summary>
    public DamonAggregated Region;
}

/// <summary>The effective size quota of a scheme has changed; the kernel's <c>damos_esz</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DamosEffectiveSize
{
    /// <summary>Index of the context in its kdamond.</summary>
    public uint ContextIdx;

    /// <summary>Index of the scheme in its context.</summary>
    public uint SchemeIdx;

    /// <summary>Bytes the scheme may be applied to in this quota interval.</summary>
    public ulong Esz;
}

/// <summary>
/// The counters of a scheme since it began, at the end of an apply interval; the kernel's <c>damos_stat_after_apply_interval</c>. 64 bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DamosStatistics
{
    /// <summary>A counter that the kernel does not have.</summary>
    public const ulong Unknown = ulong.MaxValue;

    /// <summary>Index of the context in its kdamond.</summary>
    public uint ContextIdx;

    /// <summary>Index of the scheme in its context.</summary>
    public uint SchemeIdx;

    /// <summary>Regions the scheme was tried on.</summary>
    public ulong NrTried;

    /// <summary>Their bytes.</summary>
    public ulong SzTried;

    /// <summary>Regions it was applied to.</summary>
    public ulong NrApplied;

    /// <summary>Bytes of them that were acted on.</summary>
    public ulong SzApplied;

    /// <summary>Bytes that passed the filters of the operations set.</summary>
    public ulong SzOpsFilterPassed;

    /// <summary>How often a quota was exceeded.</summary>
    public ulong QtExceeds;

    /// <summary>Snapshots the scheme has seen.</summary>
    public ulong NrSnapshots;
}
