using System.Collections.Concurrent;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The worker: one dedicated thread that prepares, sleeps until an absolute time, checks, and lets the context do the rest. It owns its
/// targets. Timers of the thread pool are milliseconds late under load; an absolute sleep of an own thread is tens of microseconds late.
/// </summary>
public sealed class Kdamond : IRecorder
{
    // Above ordinary load, below the kernel's own real-time threads.
    private const int FifoPriority = 10;

    // Of a CPU budget, what following pages, sweeping and following growth may take; without one, shares of a CPU and of time.
    private const double LookShareOfBudget = 0.15;
    private const double LookShare = 0.015;
    private const double SweepShareOfBudget = 0.4;
    private const double UpdateShareOfBudget = 0.1;
    private const double UpdateShare = 0.01;
    private const double LargestSweepShare = 0.02;

    // Of the targets' budget, what checks may take; looks and sweeps have their shares as above.
    private const double CheckShareOfTargetBudget = 0.45;

    // Below this budget fewer pages are followed rather than rarely: for how long they have been idle is then known as finely.
    private const double BudgetOfAllPages = 0.02;
    private const int FewestFollowedPages = FollowedPages.DefaultMaxPages / 4;

    // Without a target there is nothing to be late for.
    private const long IdlePeriodNs = 100_000_000;

    private readonly KdamondOptions _options;
    private readonly DamonContext _context;
    private readonly AggregationReporter _reporter;
    private readonly CpuBudget? _budget;
    private readonly FootprintThread _footprints;
    private readonly Thread _thread;
    private readonly SamplingWindows _windows = new();
    private readonly List<KdamondTarget> _targets = [];
    private readonly ConcurrentQueue<MonitoredTarget> _arriving = new();
    private readonly ConcurrentQueue<MonitoredTarget> _leaving = new();
    private readonly ISnapshotObserver _observer;
    private readonly PageLooks _looks;
    private readonly double _lookShare;
    private readonly GrowthWatch _growth;
    private readonly SchemeRunner? _schemes;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StopRequest _stop = new();
    private long _aggregationCpuNs;
    private long _aggregationThreadCpuNs;
    private long _lookCpuNs;
    private long _aggregationUpdateCpuNs;
    private long _aggregationStartCpuNs;
    private double? _nsPerPage;
    private long _namesCpuOfExitedNs;
    private int _nrFirstChecks;
    private long _cheapestCheckNs = long.MaxValue;
    private long _nrMadeOld;

    /// <summary>Prepares the worker; <see cref="Start"/> lets it run.</summary>
    /// <param name="options">What to do; its attributes must be valid.</param>
    /// <param name="targets">Processes to monitor; owned from now on.</param>
    /// <param name="observers">Where results go, in this order; they stay the caller's.</param>
    public Kdamond(KdamondOptions options, IReadOnlyList<MonitoredTarget> targets, params IReadOnlyList<ISnapshotObserver> observers)
        : this(options, targets, new RecorderCounters(), observers, schemes: null)
    {
    }

    internal Kdamond(
        KdamondOptions options, IReadOnlyList<MonitoredTarget> targets, RecorderCounters counters, IReadOnlyList<ISnapshotObserver> observers,
        SchemeRunner? schemes)
    {
        _schemes = schemes;
        _observer = new SnapshotObservers(observers);
        _options = options;
        _budget = options.CpuBudget is null && options.TargetBudget is null
            ? null
            : new CpuBudget(options.CpuBudget ?? double.PositiveInfinity, options.TargetBudget * CheckShareOfTargetBudget ?? double.PositiveInfinity);
        _footprints = new FootprintThread(options.CpuBudget);
        _lookShare = options.CpuBudget * LookShareOfBudget ?? LookShare;
        _looks = new PageLooks(
            _lookShare,
            Math.Min(LargestSweepShare, Math.Min(options.CpuBudget ?? 1, options.TargetBudget ?? 1) * SweepShareOfBudget));
        _reporter = new AggregationReporter(options, _observer, counters, _windows);
        DamonAttributes attributes = options.Attributes with { ExtraSamples = options.ExtraSamples };
        _context = new DamonContext(attributes, new SeededRandom(options.Seed), _reporter, (ulong)Unistd.PageSize)
        {
            Schemes = schemes?.Engine,
        };
        foreach (MonitoredTarget monitored in targets)
        {
            AddNow(monitored);
        }

        _growth = new GrowthWatch(_context, _targets, options.CpuBudget * UpdateShareOfBudget ?? UpdateShare);
        _schemes?.YoungTaken = TellFollowers;
        _reporter.Context = _context;
        _thread = new Thread(Run) { Name = $"kdamond.{options.Index}", IsBackground = true };
    }

    /// <inheritdoc/>
    public RecorderCounters Counters => _reporter.Counters;

    /// <summary>Ends when the worker has ended: stopped, or all its targets have exited. Faulted by an unexpected error.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Why real-time scheduling was not granted, once the worker runs; null when it was, or was not asked for.</summary>
    public string? RealtimeRefusal { get; private set; }

    /// <summary>The worker goes on when it has no target left: others may come.</summary>
    internal bool WaitsForTargets { get; set; }

    /// <summary>Told the id of every target that has ended, on the worker's thread.</summary>
    internal Action<ulong>? TargetEnded { get; set; }

    /// <summary>Adds a target after the current aggregation; owned from now on. Any thread.</summary>
    internal void Add(MonitoredTarget target) => _arriving.Enqueue(target);

    /// <summary>Ends a target after the current aggregation, though its process may live on. Any thread.</summary>
    internal void Remove(MonitoredTarget target) => _leaving.Enqueue(target);

    /// <inheritdoc/>
    public void Start()
    {
        _footprints.Start();
        _thread.Start();
    }

    /// <summary>Asks the worker to end after its current sampling interval.</summary>
    public void Stop() => _stop.Make();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _footprints.Dispose();
        foreach (MonitoredTarget target in _targets.Select(static target => target.Monitored).Concat(_arriving))
        {
            target.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            Schedule();
            _schemes?.OnAggregationEnded();
            _context.Start();
            Monitor();
            _schemes?.OnEnded();
            _finished.SetResult();
        }
        catch (Exception error)
        {
            // Whoever waits for the worker gets to see what went wrong; the recording is finished around it.
            _finished.SetException(error);
        }
    }

    private void Schedule()
    {
        _ = Sched.SetTimerSlackNs(1);
        if (_options.Realtime)
        {
            int result = Sched.SetFifo(FifoPriority);
            RealtimeRefusal = result < 0 ? Errno.Describe(-result) : null;
        }
    }

    /// <summary>The loop of kdamond_fn in mm/damon/core.c. Allocates nothing while mappings and intervals stay as they are.</summary>
    private void Monitor()
    {
        long dueNs = BeginAggregation();
        while (!_stop.IsMade && (_targets.Count > 0 || WaitsForTargets))
        {
            if (_targets.Count == 0)
            {
                _stop.SleepUntil(Time.GetNs(Time.CLOCK_MONOTONIC) + IdlePeriodNs);
                TakeChanges();
                dueNs = BeginAggregation();
                continue;
            }

            long intervalNs = Math.Max(1, (long)_context.Attributes.SampleUs) * 1_000;
            dueNs += LookAtPages();
            bool isFirst = _budget is not null && _nrFirstChecks < CpuBudget.FirstChecks;
            long cpuNs = isFirst ? Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - StartCpuNs() : 0;
            _context.PrepareAccessChecks();
            long preparedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            TellFollowers(preparedNs);
            dueNs = WindowEnd(dueNs, preparedNs, intervalNs);
            _stop.SleepUntil(dueNs);

            long checkedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            dueNs += intervalNs * _windows.Add(preparedNs, dueNs, checkedNs, intervalNs);
            if (_stop.IsMade)
            {
                return;
            }

            Counters.AddCheck();
            ulong before = _context.NrAggregations;
            _growth.CheckAccesses(checkedNs);
            if (_context.NrAggregations != before)
            {
                EndAggregation();
                BeginAggregation();
            }

            if (isFirst)
            {
                LookAtFirstCheck(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - StartCpuNs() - cpuNs);
            }
        }
    }

    /// <summary>
    /// Looks at followed pages and sweeps when that is due, between two windows; returns the time it took, by which the next window comes later.
    /// </summary>
    private long LookAtPages()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        double sweptShare = 0;
        foreach (KdamondTarget target in _targets)
        {
            sweptShare = Math.Max(sweptShare, target.Looks.SweptShare);
        }

        if (!_looks.IsDue(nowNs, sweptShare))
        {
            return 0;
        }

        long cpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        bool isWhole = true;
        foreach (KdamondTarget target in _targets)
        {
            target.Looks.Look(nowNs);
            isWhole &= !target.Looks.AwaitsAnswer;
        }

        long lookCpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuNs;
        long sweepNs = _looks.MaySweep ? Sweep() : 0;
        if (_looks.OnLooked(nowNs, Math.Max(lookCpuNs, CpuWorthOfLook()), sweepNs, isWhole))
        {
            foreach (KdamondTarget target in _targets)
            {
                target.Looks.Report(_looks);
            }
        }

        _lookCpuNs += Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuNs;
        return Time.GetNs(Time.CLOCK_MONOTONIC) - nowNs;
    }

    private long Sweep()
    {
        long heldUpNs = 0;
        foreach (KdamondTarget target in _targets)
        {
            heldUpNs = Math.Max(heldUpNs, target.Looks.Sweep(NsPerPage()));
        }

        return heldUpNs;
    }

    private double NsPerPage() => _nsPerPage ??= TouchCost.Measure();

    /// <summary>What a look holds up the targets for, in CPU time that the budgets weigh the same: looks take equal parts of both.</summary>
    private long CpuWorthOfLook()
    {
        if (_options.TargetBudget is not double targetBudget)
        {
            return 0;
        }

        long pages = 0;
        foreach (KdamondTarget target in _targets)
        {
            pages += target.Looks.TakeNrMadeOld();
        }

        return (long)(pages * NsPerPage() * _lookShare / (targetBudget * LookShareOfBudget));
    }

    private void TellFollowers(long preparedNs)
    {
        foreach (KdamondTarget target in _targets)
        {
            target.Looks.OnPrepared(preparedNs);
            _nrMadeOld += target.Looks.TakeNrMadeOld();
        }
    }

    private void TellFollowers(ulong targetId, ReadOnlySpan<AddressRange> taken)
    {
        foreach (KdamondTarget target in _targets)
        {
            if (target.Target.TargetId == targetId)
            {
                target.Looks.OnTaken(taken, Time.GetNs(Time.CLOCK_MONOTONIC));
            }
        }
    }

    /// <summary>
    /// When the window ends: on the schedule, unless what came before was so late that little of it would be left. A short window finds less
    /// accessed than there is, so the schedule gives way, as it does in the kernel, which sleeps for a whole interval after each preparation.
    /// </summary>
    private static long WindowEnd(long beganNs, long preparedNs, long intervalNs)
    {
        long scheduledNs = beganNs + intervalNs;
        return scheduledNs - preparedNs >= intervalNs / 4 * 3 ? scheduledNs : preparedNs + intervalNs;
    }

    private long BeginAggregation()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _windows.Begin(nowNs);
        _aggregationCpuNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
        _aggregationThreadCpuNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        _lookCpuNs = 0;
        _aggregationUpdateCpuNs = _growth.UpdateCpuNs;
        _aggregationStartCpuNs = StartCpuNs();
        return nowNs;
    }

    private void EndAggregation()
    {
        _reporter.EndAggregation();
        Counters.AddDelays(_windows.NrLate, _windows.NrMissed);
        Counters.SetKdamondCpu(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID));
        RemoveExitedTargets();
        TakeChanges();
        CountNamesCpu();
        _growth.OnAggregated();
        KeepWithinBudget();
        _schemes?.OnAggregationEnded();
    }

    private void AddNow(MonitoredTarget monitored)
    {
        DamonTarget target = monitored.FixedRanges.Count > 0
            ? _context.AddTarget([.. monitored.FixedRanges], monitored.AccessCheck)
            : _context.AddTarget(monitored.AddressSpace, monitored.AccessCheck);
        DescribedTarget described = _reporter.Add(target, monitored, _footprints.Add(target.TargetId, monitored.Process));
        _targets.Add(new KdamondTarget(monitored, target, new TargetLooks(target, monitored.Process, described, _observer, NewFollowed())));
    }

    private FollowedPages NewFollowed()
    {
        double part = Math.Min(1, _options.CpuBudget / BudgetOfAllPages ?? 1);
        int maxPages = Math.Max(FewestFollowedPages, (int)(part * FollowedPages.DefaultMaxPages));
        return new FollowedPages(_options.Seed, (ulong)Unistd.PageSize, maxPages);
    }

    private void RemoveExitedTargets()
    {
        for (int i = _targets.Count - 1; i >= 0; i--)
        {
            if (_targets[i].Monitored.Process.HasExited)
            {
                RemoveAt(i);
            }
        }
    }

    private void RemoveAt(int index)
    {
        KdamondTarget gone = _targets[index];
        _context.RemoveTarget(gone.Target);
        _schemes?.OnTargetRemoved(gone.Target.TargetId);
        _reporter.Remove(gone.Target.TargetId);
        _footprints.Remove(gone.Target.TargetId);
        _namesCpuOfExitedNs += gone.Monitored.Names?.CpuNs ?? 0;
        _targets.RemoveAt(index);
        gone.Monitored.Dispose();
        TargetEnded?.Invoke(gone.Target.TargetId);
    }

    /// <summary>Targets that came and went meanwhile, as somebody else has found out. Allocates only when some did.</summary>
    private void TakeChanges()
    {
        while (_leaving.TryDequeue(out MonitoredTarget? left))
        {
            int index = _targets.FindIndex(target => target.Monitored == left);
            if (index >= 0)
            {
                RemoveAt(index);
            }
        }

        while (_arriving.TryDequeue(out MonitoredTarget? arrived))
        {
            AddNow(arrived);
            _schemes?.OnTargetAdded(_targets[^1].Target.TargetId, arrived.Process, arrived.AddressSpace);
        }
    }

    private void CountNamesCpu()
    {
        long cpuNs = _namesCpuOfExitedNs;
        foreach (KdamondTarget target in _targets)
        {
            cpuNs += target.Monitored.Names?.CpuNs ?? 0;
        }

        Counters.SetNamesCpu(cpuNs);
    }

    /// <summary>On a large target a check may cost so much that whole aggregations of them must not be waited for.</summary>
    private void LookAtFirstCheck(long cpuNs)
    {
        _cheapestCheckNs = Math.Min(_cheapestCheckNs, cpuNs);
        if (++_nrFirstChecks == CpuBudget.FirstChecks
            && SampleEvery(_budget!.AfterFirstChecks(_context.Attributes.SampleUs, _cheapestCheckNs)))
        {
            BeginAggregation();
        }
    }

    private void KeepWithinBudget()
    {
        if (_budget is null)
        {
            return;
        }

        // What making a large target old costs comes once: were it counted, checks would be put off for it, and its end with them.
        long startNs = StartCpuNs() - _aggregationStartCpuNs;
        long threadNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - _aggregationThreadCpuNs - startNs;

        // Looks and updates come as often as time allows: were they counted for the checks, fewer checks would make each of them dearer still.
        long checksNs = threadNs - _lookCpuNs - (_growth.UpdateCpuNs - _aggregationUpdateCpuNs);
        long allNs = _options.BudgetCoversProcess ? Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - _aggregationCpuNs - startNs : threadNs;
        long wallNs = Time.GetNs(Time.CLOCK_MONOTONIC) - _windows.BeginNs;
        double heldUpNs = _options.TargetBudget is null ? 0 : _nrMadeOld * NsPerPage();
        _nrMadeOld = 0;
        SampleEvery(_budget.Next(_context.Attributes.SampleUs, checksNs, allNs - checksNs, wallNs, _reporter.ChecksOfLastAggregation, heldUpNs));
    }

    private long StartCpuNs()
    {
        long cpuNs = 0;
        foreach (KdamondTarget target in _targets)
        {
            cpuNs += target.Target.AccessCheck?.StartCpuNs ?? 0;
        }

        return cpuNs;
    }

    /// <summary>Changes the intervals; false when they are so already.</summary>
    private bool SampleEvery(ulong sampleUs)
    {
        DamonAttributes attributes = _context.Attributes;
        ulong updateUs = Math.Max(_growth.PeriodUs(_options.Attributes.UpdateUs), sampleUs);
        if (sampleUs == attributes.SampleUs)
        {
            if (updateUs != attributes.UpdateUs)
            {
                _context.SetAttributes(attributes with { UpdateUs = updateUs });
            }

            return false;
        }

        _context.SetAttributes(attributes with
        {
            SampleUs = sampleUs,
            AggrUs = sampleUs * CpuBudget.SamplesPerAggregation(sampleUs),
            UpdateUs = updateUs,
        });
        _reporter.OnIntervalsTuned(sampleUs);
        return true;
    }
}
