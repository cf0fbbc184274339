using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// Payload of <c>damon_trace_snapshot</c>, 84 bytes: emitted right before the regions of one target, so that a snapshot carries the real
/// length of its windows and what could not be sampled. Samples are counted over all regions of the target and the whole aggregation.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct SnapshotHeader
{
    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId;

    /// <summary>Number of this aggregation in its context, from 0.</summary>
    public ulong Snapshot;

    /// <summary>CLOCK_MONOTONIC nanoseconds at which the aggregation began.</summary>
    public ulong BeginNs;

    /// <summary>CLOCK_MONOTONIC nanoseconds at which its last check was done.</summary>
    public ulong EndNs;

    /// <summary>Sampling interval of this aggregation in microseconds.</summary>
    public ulong SampleUs;

    /// <summary>Aggregation interval of this aggregation in microseconds.</summary>
    public ulong AggrUs;

    /// <summary>Regions that follow.</summary>
    public uint NrRegions;

    /// <summary>Checks made in this aggregation: the largest nr_accesses possible.</summary>
    public uint NrSamples;

    /// <summary>Samples that fell on pages whose accessed bit cannot be cleared; never counted as accessed.</summary>
    public uint NrUnclearable;

    /// <summary>Samples that were not prepared, because the time allowed for clearing was used up.</summary>
    public uint NrUnprepared;

    /// <summary>Checks that came more than half a sampling interval late.</summary>
    public uint NrLate;

    /// <summary>Sampling intervals that passed without any check.</summary>
    public uint NrMissed;

    /// <summary>Sum of the real lengths of all sampling windows, prepare to check, in nanoseconds.</summary>
    public ulong WindowsNs;

    /// <summary>CPU on which the snapshot is emitted; the runtime does not tell the CPU of an event.</summary>
    public uint Cpu;
}
