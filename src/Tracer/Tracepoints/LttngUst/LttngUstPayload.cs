using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Tracepoints.LttngUst;

/// <summary>The fields as they lie in the trace: packed, 36 bytes, because every field is declared with an alignment of 8 bits.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct LttngUstPayload
{
    internal ulong TargetId;
    internal uint NrRegions;
    internal ulong Start;
    internal ulong End;
    internal uint NrAccesses;
    internal uint Age;
}
