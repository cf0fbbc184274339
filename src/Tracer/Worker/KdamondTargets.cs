using System.Collections.Concurrent;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The targets of a kdamond: those it monitors, and those that come and go, which it takes between two aggregations. For the kdamond's thread, but
/// <see cref="Arrive"/> and <see cref="Leave"/>.
/// </summary>
/// <param name="options">How many pages are followed.</param>
/// <param name="context">Monitors them.</param>
/// <param name="reporter">Describes them.</param>
/// <param name="observer">Is told of their followed pages.</param>
/// <param name="footprints">Reads what they hold; owned from now on.</param>
/// <param name="schemes">Act on them; null where none do.</param>
internal sealed class KdamondTargets(
    KdamondOptions options, DamonContext context, AggregationReporter reporter, ISnapshotObserver observer, FootprintThread footprints,
    SchemeRunner? schemes) : IDisposable
{
    // Below this budget fewer pages are followed rather than rarely: for how long they have been idle is then known as finely.
    private const double BudgetOfAllPages = 0.02;
    private const int FewestFollowedPages = FollowedPages.DefaultMaxPages / 4;

    private readonly ConcurrentQueue<MonitoredTarget> _arriving = new();
    private readonly ConcurrentQueue<MonitoredTarget> _leaving = new();
    private long _namesCpuOfExitedNs;

    /// <summary>Those that are monitored.</summary>
    internal List<KdamondTarget> All { get; } = [];

    /// <summary>Told the id of every target that has ended.</summary>
    internal Action<ulong>? Ended { get; set; }

    /// <summary>CPU time that finding names has taken, in nanoseconds.</summary>
    internal long NamesCpuNs
    {
        get
        {
            long cpuNs = _namesCpuOfExitedNs;
            foreach (KdamondTarget target in All)
            {
                cpuNs += target.Monitored.Names?.CpuNs ?? 0;
            }

            return cpuNs;
        }
    }

    /// <summary>CPU time that making the targets old for the first time has taken, in nanoseconds.</summary>
    internal long StartCpuNs
    {
        get
        {
            long cpuNs = 0;
            foreach (KdamondTarget target in All)
            {
                cpuNs += target.Target.AccessCheck?.StartCpuNs ?? 0;
            }

            return cpuNs;
        }
    }

    /// <summary>Adds a target after the current aggregation; owned from now on. Any thread.</summary>
    internal void Arrive(MonitoredTarget target) => _arriving.Enqueue(target);

    /// <summary>Ends a target after the current aggregation, though its process may live on. Any thread.</summary>
    internal void Leave(MonitoredTarget target) => _leaving.Enqueue(target);

    /// <summary>Adds one now.</summary>
    internal void Add(MonitoredTarget monitored)
    {
        DamonTarget target = monitored.FixedRanges.Count > 0
            ? context.AddTarget([.. monitored.FixedRanges], monitored.AccessCheck)
            : context.AddTarget(monitored.AddressSpace, monitored.AccessCheck);
        DescribedTarget described = reporter.Add(target, monitored, footprints.Add(target.TargetId, monitored.Process));
        All.Add(new KdamondTarget(monitored, target, new TargetLooks(target, monitored.Process, described, observer, NewFollowed())));
    }

    /// <summary>Ends those whose processes have exited.</summary>
    internal void RemoveExited()
    {
        for (int i = All.Count - 1; i >= 0; i--)
        {
            if (All[i].Monitored.Process.HasExited)
            {
                RemoveAt(i);
            }
        }
    }

    /// <summary>Takes those that came and went meanwhile, as somebody else has found out. Allocates only when some did.</summary>
    internal void TakeChanges()
    {
        while (_leaving.TryDequeue(out MonitoredTarget? left))
        {
            int index = All.FindIndex(target => target.Monitored == left);
            if (index >= 0)
            {
                RemoveAt(index);
            }
        }

        while (_arriving.TryDequeue(out MonitoredTarget? arrived))
        {
            Add(arrived);
            schemes?.OnTargetAdded(All[^1].Target.TargetId, arrived.Process, arrived.AddressSpace);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        footprints.Dispose();
        foreach (MonitoredTarget target in All.Select(static target => target.Monitored).Concat(_arriving))
        {
            target.Dispose();
        }
    }

    private FollowedPages NewFollowed()
    {
        double part = Math.Min(1, options.CpuBudget / BudgetOfAllPages ?? 1);
        int maxPages = Math.Max(FewestFollowedPages, (int)(part * FollowedPages.DefaultMaxPages));
        return new FollowedPages(options.Seed, (ulong)Unistd.PageSize, maxPages);
    }

    private void RemoveAt(int index)
    {
        KdamondTarget gone = All[index];
        context.RemoveTarget(gone.Target);
        schemes?.OnTargetRemoved(gone.Target.TargetId);
        reporter.Remove(gone.Target.TargetId);
        footprints.Remove(gone.Target.TargetId);
        _namesCpuOfExitedNs += gone.Monitored.Names?.CpuNs ?? 0;
        All.RemoveAt(index);
        gone.Monitored.Dispose();
        Ended?.Invoke(gone.Target.TargetId);
    }
}
