using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// Payload of <c>damon_trace_footprint</c>, 48 bytes: what memory a target holds, next to what it accesses. Emitted about once per second
/// and target, after the snapshot of its time.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct Footprint
{
    /// <summary>What a source that cannot be read leaves in its field: proportional size needs permission and is not free.</summary>
    public const ulong Unknown = ulong.MaxValue;

    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>CLOCK_MONOTONIC nanoseconds at which it was read.</summary>
    public ulong TimeNs;

    /// <summary>Virtual size in bytes; /proc/PID/statm.</summary>
    public ulong VszBytes;

    /// <summary>Resident set size in bytes; /proc/PID/statm.</summary>
    public ulong RssBytes;

    /// <summary>Proportional set size in bytes, <see cref="Unknown"/> where it was not read; /proc/PID/smaps_rollup.</summary>
    public ulong PssBytes;

    /// <summary>Swapped out in bytes; VmSwap of /proc/PID/status.</summary>
    public ulong SwapBytes;
}
