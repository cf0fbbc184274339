using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Looks who matches a selection while it is monitored: what comes is opened and handed to the kdamond, what no longer matches is taken from it.
/// A thread of its own, once a second, or as rarely as half a per cent of a CPU, or half of a smaller budget, takes; a process that lives for less than
/// that is never a target.
/// </summary>
internal sealed class TargetFollower : IDisposable
{
    private const double LargestShare = 0.005;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly FollowedTargets<MonitoredTarget> _targets;
    private readonly Kdamond _kdamond;
    private readonly double? _cpuBudget;
    private readonly ManualResetEvent _stopping = new(false);
    private readonly Thread _thread;

    /// <param name="targets">Those of the first selection.</param>
    /// <param name="kdamond">Owns the targets.</param>
    /// <param name="cpuBudget">Of the whole recorder; null without one.</param>
    internal TargetFollower(FollowedTargets<MonitoredTarget> targets, Kdamond kdamond, double? cpuBudget)
    {
        _cpuBudget = cpuBudget;
        _targets = targets;
        _kdamond = kdamond;
        _thread = new Thread(FollowUntilStopped) { Name = "targets", IsBackground = true };
    }

    /// <summary>Targets of now.</summary>
    internal IReadOnlyList<MonitoredTarget> Targets { get; private set; } = [];

    internal void Start()
    {
        Publish();
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _stopping.Dispose();
    }

    private void FollowUntilStopped()
    {
        TimeSpan wait = s_period;
        long beforeNs = 0;
        while (!_stopping.WaitOne(wait))
        {
            long beganNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
            if (_targets.Look(_kdamond.Add, _kdamond.Remove))
            {
                Publish();
            }

            long spentNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - beganNs;

            // The first look compiles what it calls, and one that opens targets is dearer than those that follow: two in a row must be dear.
            wait = PauseAfter(Math.Min(spentNs, beforeNs), _cpuBudget);
            beforeNs = spentNs;
        }
    }

    /// <summary>How long to wait after a look of that cost.</summary>
    internal static TimeSpan PauseAfter(long lookNs, double? cpuBudget)
    {
        double share = Math.Min(LargestShare, (cpuBudget ?? 1) / 2);
        return TimeSpan.FromMilliseconds(Math.Max(s_period.TotalMilliseconds, lookNs / 1e6 / share));
    }

    /// <summary>In the stream every target says how many there are and were: a target whose snapshots end has gone.</summary>
    private void Publish()
    {
        Targets = _targets.Targets;
        string remarks = _targets.Remarks;
        foreach (MonitoredTarget target in Targets)
        {
            target.FollowRemarks = remarks;
        }
    }
}
