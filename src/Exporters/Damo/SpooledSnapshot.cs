using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Damo;

/// <summary>Begin of a snapshot in a <see cref="SnapshotSpool"/>; <see cref="Count"/> <see cref="SpooledRegion"/> follow it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct SpooledSnapshot
{
    internal const int Bytes = 56;

    /// <summary>A time that is not known.</summary>
    internal const long Unknown = long.MinValue;

    internal long BeginNs;
    internal long EndNs;

    /// <summary>Microseconds; 0 when not known.</summary>
    internal ulong SampleUs;

    /// <summary>Microseconds; 0 when not known.</summary>
    internal ulong AggrUs;

    /// <summary>Checks made in the aggregation; 0 when not known.</summary>
    internal uint NrSamples;

    /// <summary>Regions the snapshot should have.</summary>
    internal uint NrRegions;

    /// <summary>Regions it has.</summary>
    internal int Count;

    /// <summary>Process id of the target; 0 when not known.</summary>
    internal int Pid;

    /// <summary>Keeps the regions 8-byte aligned and leaves room.</summary>
    internal long Reserved;
}
