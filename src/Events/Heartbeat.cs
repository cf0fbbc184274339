using System.Runtime.InteropServices;

namespace Damon.Trace.Events;

/// <summary>
/// Payload of <c>damon_trace_heartbeat</c>, 64 bytes, about once per second (ten times for live views): pairs the wall clock with the
/// monotonic clock and carries the recorder's counters since its start. It also keeps live readers current, who hold back the newest block
/// until the next one arrives.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct Heartbeat
{
    /// <summary>CLOCK_REALTIME, nanoseconds since 1970-01-01 UTC, taken together with <see cref="MonotonicNs"/>.</summary>
    public ulong WallNs;

    /// <summary>CLOCK_MONOTONIC nanoseconds.</summary>
    public ulong MonotonicNs;

    /// <summary>Snapshots emitted, one per target and aggregation.</summary>
    public ulong NrSnapshots;

    /// <summary><c>damon_aggregated</c> events emitted.</summary>
    public ulong NrEvents;

    /// <summary>Checks that came more than half a sampling interval late.</summary>
    public ulong NrLate;

    /// <summary>Sampling intervals that passed without any check.</summary>
    public ulong NrMissed;

    /// <summary>CPU time the kdamond thread has used, nanoseconds.</summary>
    public ulong KdamondCpuNs;

    /// <summary>CPU time the whole recorder has used, nanoseconds.</summary>
    public ulong ProcessCpuNs;
}
