using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Fires the heartbeat every 100 ms. Live readers hold back the newest block of a stream until the next one begins; without a heartbeat
/// the last snapshot before a pause would stay invisible.
/// </summary>
public sealed class HeartbeatTimer : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    private readonly DamonTracepoint _tracepoint;
    private readonly RecorderCounters _counters;
    private readonly Timer _timer;

    /// <summary>Starts beating at once.</summary>
    public HeartbeatTimer(DamonTracepoint tracepoint, RecorderCounters counters)
    {
        _tracepoint = tracepoint;
        _counters = counters;
        _timer = new Timer(_ => Beat(), null, TimeSpan.Zero, s_period);
    }

    /// <summary>CPU time this process has used, in nanoseconds.</summary>
    public static long ProcessCpuNs => Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);

    /// <summary>Stops after a last beat, which carries the final counters.</summary>
    public void Dispose()
    {
        using var stopped = new ManualResetEvent(false);
        _timer.Dispose(stopped);
        stopped.WaitOne();
        Beat();
    }

    private void Beat()
    {
        // Wall clock between two readings of the monotonic clock: the mean of the two belongs to it to within their distance.
        long before = Time.GetNs(Time.CLOCK_MONOTONIC);
        long wall = Time.GetNs(Time.CLOCK_REALTIME);
        long after = Time.GetNs(Time.CLOCK_MONOTONIC);
        var heartbeat = new Heartbeat
        {
            WallNs = (ulong)wall,
            MonotonicNs = (ulong)(before + ((after - before) / 2)),
            NrSnapshots = (ulong)_counters.NrSnapshots,
            NrEvents = (ulong)_counters.NrEvents,
            NrLate = (ulong)_counters.NrLate,
            NrMissed = (ulong)_counters.NrMissed,
            KdamondCpuNs = (ulong)_counters.KdamondCpuNs,
            ProcessCpuNs = (ulong)ProcessCpuNs,
        };
        _tracepoint.Beat(heartbeat);
    }
}
