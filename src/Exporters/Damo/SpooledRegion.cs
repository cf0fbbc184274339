using System.Runtime.InteropServices;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>What damo's formats keep of a region; its time is that of its snapshot.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SpooledRegion
{
    internal const int Bytes = 24;

    internal ulong Start;
    internal ulong End;
    internal uint NrAccesses;
    internal uint Age;

    internal SpooledRegion(in RegionEvent region)
    {
        Start = region.Start;
        End = region.End;
        NrAccesses = region.NrAccesses;
        Age = region.Age;
    }
}
