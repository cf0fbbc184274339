using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// One region of one target at the end of an aggregation, with exactly the fields of the kernel's <c>damon_aggregated</c> tracepoint
/// (include/trace/events/damon.h). The layout is the event's payload: 36 bytes, packed, little endian.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DamonAggregated
{
    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>Number of regions the target has in this snapshot: as many events follow each other.</summary>
    public uint NrRegions;

    /// <summary>First byte of the region.</summary>
    public ulong Start;

    /// <summary>First byte after the region.</summary>
    public ulong End;

    /// <summary>Samples of the aggregation in which the region was found accessed; 0 .. aggregation / sampling interval.</summary>
    public uint NrAccesses;

    /// <summary>Aggregation intervals for which the access frequency has stayed about the same.</summary>
    public uint Age;
}
