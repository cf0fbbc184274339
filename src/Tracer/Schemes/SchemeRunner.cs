using System.Collections.Concurrent;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>The schemes of a monitor: takes them from any thread, lets the kdamond apply them, tells observers and callers what was done.</summary>
internal sealed class SchemeRunner : ISchemeObserver
{
    private const long LookEveryNs = 500_000_000;

    private readonly ConcurrentQueue<AppliedScheme> _incoming = new();
    private readonly ProcessActions _actions;
    private readonly List<ISchemeObserver> _observers = [];
    private readonly Lock _changing = new();
    private readonly bool _looksAtPages;
    private int _count;
    private long _lookedNs;

    /// <param name="targets">The processes that are monitored from the start, in the order of their target ids.</param>
    /// <param name="looksAtPages">Single pages can be asked whether they are young.</param>
    /// <param name="dryRun">Nothing is done, only counted.</param>
    internal SchemeRunner(IEnumerable<(TargetProcess Process, VaddrAddressSpace AddressSpace)> targets, bool looksAtPages, bool dryRun)
    {
        _looksAtPages = looksAtPages;
        _actions = new ProcessActions(dryRun);
        ulong targetId = 0;
        foreach ((TargetProcess process, VaddrAddressSpace addressSpace) in targets)
        {
            OnTargetAdded(targetId++, process, addressSpace);
        }

        Engine = new SchemeEngine(_actions, this, (ulong)Unistd.PageSize);
    }

    internal SchemeEngine Engine { get; }

    /// <summary>Told of pages of a target that a filter found young and made old: whoever follows them would miss it. Before the start only.</summary>
    internal Action<ulong, ReadOnlySpan<AddressRange>>? YoungTaken
    {
        set => _actions.YoungTaken = value;
    }

    /// <summary>Takes a scheme, to be applied from the next aggregation on; processes that refuse it are left alone.</summary>
    /// <exception cref="SchemeException">It can be applied to none of the processes.</exception>
    internal AppliedScheme Add(Scheme scheme, SchemeHandler? handler)
    {
        if ((scheme.Action == SchemeAction.Custom) != (handler is not null))
        {
            throw new ArgumentException("a custom scheme has a handler, and no other has", nameof(handler));
        }

        lock (_changing)
        {
            Dictionary<ulong, SchemeException> refused = [];
            int processes = 0;
            foreach (ActedProcess process in _actions.Processes)
            {
                processes++;
                if (RefusalOf(scheme, process) is { } refusal)
                {
                    refused.Add(process.TargetId, refusal);
                }
            }

            if (processes > 0 && refused.Count == processes)
            {
                throw refused.First().Value;
            }

            var applied = new AppliedScheme(scheme, _count++, handler) { Refused = refused };
            _incoming.Enqueue(applied);
            return applied;
        }
    }

    /// <summary>Lets an observer see what schemes do; before the start only.</summary>
    internal void AddObserver(ISchemeObserver observer) => _observers.Add(observer);

    /// <summary>On the kdamond, before the start and after each aggregation.</summary>
    internal void OnAggregationEnded()
    {
        while (_incoming.TryDequeue(out AppliedScheme? applied))
        {
            _actions.Add(new SchemeTally(applied, Engine.Add(applied.Scheme)));
        }

        foreach (SchemeTally tally in _actions.Tallies)
        {
            tally.Running.UserInput = tally.Applied.UserInput;
        }

        long nowNs = _actions.NowNs;
        if (_actions.Tallies.Count > 0 && nowNs - _lookedNs >= LookEveryNs)
        {
            _lookedNs = nowNs;
            _actions.LookBack();
        }

        foreach (ActedProcess process in _actions.Processes)
        {
            process.CloseFiles();
        }
    }

    /// <summary>On the kdamond, which ends: what is told from now on is all that was done.</summary>
    internal void OnEnded()
    {
        _actions.LookBack();
        foreach (ActedProcess process in _actions.Processes)
        {
            process.CloseFiles();
        }
    }

    /// <summary>On the kdamond: a process is monitored from now on.</summary>
    internal void OnTargetAdded(ulong targetId, TargetProcess process, VaddrAddressSpace addressSpace)
    {
        lock (_changing)
        {
            _actions.Add(new ActedProcess(targetId, process, addressSpace));
        }
    }

    /// <summary>On the kdamond: a process has gone, and what is known of it will be closed.</summary>
    internal void OnTargetRemoved(ulong targetId)
    {
        lock (_changing)
        {
            _actions.Remove(targetId);
        }
    }

    public void OnBeforeApply(RunningScheme scheme, DamonTarget target, in DamonRegion region, uint nrAccesses)
    {
        foreach (ISchemeObserver observer in _observers)
        {
            observer.OnBeforeApply(scheme, target, region, nrAccesses);
        }
    }

    public void OnEffectiveSize(RunningScheme scheme, ulong bytes)
    {
        foreach (ISchemeObserver observer in _observers)
        {
            observer.OnEffectiveSize(scheme, bytes);
        }
    }

    public void OnApplied(RunningScheme scheme)
    {
        foreach (ISchemeObserver observer in _observers)
        {
            observer.OnApplied(scheme);
        }
    }

    private SchemeException? RefusalOf(Scheme scheme, ActedProcess process)
    {
        if (SchemeFeasibility.Refusal(scheme, process.IsOwn) is { } refusal)
        {
            return new SchemeException(refusal.Problem, refusal.Hint);
        }

        if (!_looksAtPages && scheme.Filters.Any(static filter => filter.Kind == FilterKind.Young))
        {
            return new SchemeException("filter 'young' asks single pages, which this access check cannot", "use access check access-bits, as root");
        }

        bool acts = scheme.Action is not (SchemeAction.Stat or SchemeAction.Custom) && !_actions.IsDryRun;
        int error = !acts ? 0 : scheme.Action is SchemeAction.MigrateHot or SchemeAction.MigrateCold ? process.ProbeMove() : process.Probe();
        return error < 0 ? Refused(process, scheme.Action, -error) : null;
    }

    internal static SchemeException Refused(ActedProcess process, SchemeAction action, int errno)
    {
        string who = $"process {process.Process.Pid} ({process.Process.Comm})";
        bool moves = action is SchemeAction.MigrateHot or SchemeAction.MigrateCold;
        return errno switch
        {
            Errno.EPERM when moves => new SchemeException($"{who} is not yours to act on", "run as root"),
            Errno.ENOSYS when moves => new SchemeException("this kernel cannot move pages between memory nodes", "needs CONFIG_NUMA and CONFIG_MIGRATION"),
            Errno.EPERM => new SchemeException($"{who} may be watched but not acted on: that takes CAP_SYS_NICE", "run as root, or with --dry-run"),
            Errno.EACCES => new SchemeException($"{who} is not yours to act on", "run as root"),
            Errno.ENOSYS or Errno.EINVAL => new SchemeException("this kernel cannot act on other processes", "process_madvise needs Linux 5.10"),
            _ => new SchemeException($"{who} cannot be acted on: {Errno.Describe(errno)}", "it may have exited"),
        };
    }
}
