using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Tracepoints.UserEvents;

/// <summary>
/// What one write hands to the kernel: the index of the event, then its fields as the definition lists them. Packed, 40 bytes; the kernel
/// shows the fields from offset 8 of its record, without gaps.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct UserEventsRecord
{
    internal uint WriteIndex;
    internal ulong TargetId;
    internal uint NrRegions;
    internal ulong Start;
    internal ulong End;
    internal uint NrAccesses;
    internal uint Age;
}
