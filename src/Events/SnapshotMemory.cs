using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// What a snapshot says about the memory of its target, in bytes, 32 bytes: the second part of the payload of <c>damon_trace_snapshot</c>,
/// behind <see cref="SnapshotHeader"/>. Recordings before it have no such part.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct SnapshotMemory
{
    /// <summary>What a source that cannot be read leaves in its field.</summary>
    public const ulong Unknown = ulong.MaxValue;

    /// <summary>Bytes of memory the monitored ranges hold; <see cref="Unknown"/> where the kernel cannot be asked.</summary>
    public ulong ResidentBytes;

    /// <summary>Of these, bytes about which no valid sample says anything.</summary>
    public ulong UnknownBytes;

    /// <summary>Bytes touched in one sampling interval, mean over the windows of the aggregation.</summary>
    public ulong TouchedBytes;

    /// <summary>Standard error of <see cref="TouchedBytes"/>.</summary>
    public ulong TouchedErrorBytes;
}
