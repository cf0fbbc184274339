using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Fires the heartbeat. Live readers hold back the newest block of a stream until the next one begins; without a heartbeat
/// the last snapshot before a pause would stay invisible. A thread and not a timer: workers of the thread pool spin before they sleep.
/// </summary>
public sealed class HeartbeatThread : IDisposable
{
    // Once a second costs a hundredth of a per cent of a CPU: below this budget it is done as rarely as it keeps its part.
    private const double BudgetOfEachSecond = 0.005;

    private readonly TimeSpan _period;
    private readonly DamonTracepoint _tracepoint;
    private readonly RecorderCounters _counters;
    private readonly Thread _thread;
    private readonly ManualResetEvent _stopping = new(false);

    /// <summary>Starts beating at once.</summary>
    /// <param name="tracepoint">Where the beats go.</param>
    /// <param name="counters">What they carry.</param>
    /// <param name="period">
    /// Time between two beats. Ten a second, with what the runtime does for each, cost 0.2 % of a CPU; one a second is enough for whoever
    /// does not watch.
    /// </param>
    public HeartbeatThread(DamonTracepoint tracepoint, RecorderCounters counters, TimeSpan period)
    {
        _period = period;
        _tracepoint = tracepoint;
        _counters = counters;
        _thread = new Thread(BeatUntilStopped) { Name = "heartbeat", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often a recorder does what is done whatever the sampling interval: once a second, with a small budget more rarely, each 10 s at least.</summary>
    /// <param name="cpuBudget">Share of one CPU the whole recorder may use; null without a budget.</param>
    public static TimeSpan PeriodWithin(double? cpuBudget) => TimeSpan.FromSeconds(Math.Clamp(BudgetOfEachSecond / (cpuBudget ?? 1), 1, 10));

    /// <summary>CPU time this process has used, in nanoseconds.</summary>
    public static long ProcessCpuNs => Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);

    /// <summary>Stops after a last beat, which carries the final counters.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _stopping.Dispose();
        Beat();
    }

    private void BeatUntilStopped()
    {
        do
        {
            Beat();
        }
        while (!_stopping.WaitOne(_period));
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
            ProcessCpuNs = (ulong)(ProcessCpuNs + _counters.NamesCpuNs),
        };
        _tracepoint.Beat(heartbeat);
    }
}
