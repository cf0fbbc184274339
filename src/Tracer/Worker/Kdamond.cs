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

    // Of a CPU budget, what following growth may take; without one, a share of a CPU.
    private const double UpdateShareOfBudget = 0.1;
    private const double UpdateShare = 0.01;

    // Without a target there is nothing to be late for.
    private const long IdlePeriodNs = 100_000_000;

    private readonly bool _isRealtime;
    private readonly DamonContext _context;
    private readonly AggregationReporter _reporter;
    private readonly FootprintThread _footprints;
    private readonly Thread _thread;
    private readonly SamplingWindows _windows = new();
    private readonly KdamondTargets _targets;
    private readonly KdamondLooks _looks;
    private readonly GrowthWatch _growth;
    private readonly KdamondIntervals _intervals;
    private readonly SchemeRunner? _schemes;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StopRequest _stop = new();

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
        var observer = new SnapshotObservers(observers);
        _schemes = schemes;
        _isRealtime = options.Realtime;
        _footprints = new FootprintThread(options.CpuBudget);
        _reporter = new AggregationReporter(options, observer, counters, _windows);
        DamonAttributes attributes = options.Attributes with { ExtraSamples = options.ExtraSamples };
        _context = new DamonContext(attributes, new SeededRandom(options.Seed), _reporter, (ulong)Unistd.PageSize)
        {
            Schemes = schemes?.Engine,
        };
        _reporter.Context = _context;
        _targets = new KdamondTargets(options, _context, _reporter, observer, _footprints, schemes);
        _looks = new KdamondLooks(options, _targets.All);
        _growth = new GrowthWatch(_context, _targets.All, options.CpuBudget * UpdateShareOfBudget ?? UpdateShare);
        _intervals = new KdamondIntervals(options, _context, _reporter, _targets, _looks, _growth);
        _schemes?.YoungTaken = _looks.OnTaken;
        foreach (MonitoredTarget monitored in targets)
        {
            _targets.Add(monitored);
        }

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
    internal Action<ulong>? TargetEnded
    {
        get => _targets.Ended;
        set => _targets.Ended = value;
    }

    /// <summary>Adds a target after the current aggregation; owned from now on. Any thread.</summary>
    internal void Add(MonitoredTarget target) => _targets.Arrive(target);

    /// <summary>Ends a target after the current aggregation, though its process may live on. Any thread.</summary>
    internal void Remove(MonitoredTarget target) => _targets.Leave(target);

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

        _targets.Dispose();
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
        if (_isRealtime)
        {
            int result = Sched.SetFifo(FifoPriority);
            RealtimeRefusal = result < 0 ? Errno.Describe(-result) : null;
        }
    }

    /// <summary>The loop of kdamond_fn in mm/damon/core.c. Allocates nothing while mappings and intervals stay as they are.</summary>
    private void Monitor()
    {
        long dueNs = BeginAggregation();
        while (!_stop.IsMade && (_targets.All.Count > 0 || WaitsForTargets))
        {
            if (_targets.All.Count == 0)
            {
                _stop.SleepUntil(Time.GetNs(Time.CLOCK_MONOTONIC) + IdlePeriodNs);
                _targets.TakeChanges();
                dueNs = BeginAggregation();
                continue;
            }

            long intervalNs = Math.Max(1, (long)_context.Attributes.SampleUs) * 1_000;
            dueNs += _looks.Look();
            _intervals.OnCheckBegan();
            _context.PrepareAccessChecks();
            long preparedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            _looks.OnPrepared(preparedNs);
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

            if (_intervals.OnCheckEnded())
            {
                BeginAggregation();
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
        _intervals.OnAggregationBegan(nowNs);
        return nowNs;
    }

    private void EndAggregation()
    {
        _reporter.EndAggregation();
        Counters.AddDelays(_windows.NrLate, _windows.NrMissed);
        Counters.SetKdamondCpu(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID));
        _targets.RemoveExited();
        _targets.TakeChanges();
        Counters.SetNamesCpu(_targets.NamesCpuNs);
        _growth.OnAggregated();
        _intervals.OnAggregationEnded();
        _schemes?.OnAggregationEnded();
    }
}
