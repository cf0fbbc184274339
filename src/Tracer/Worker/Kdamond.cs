using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The worker: one dedicated thread that prepares, sleeps until an absolute time, checks, and lets the context do the rest. It owns its
/// targets. Timers of the thread pool are milliseconds late under load; an absolute sleep of an own thread is tens of microseconds late.
/// </summary>
public sealed class Kdamond : IRecorder
{
    // Above ordinary load, below the kernel's own real-time threads.
    private const int FifoPriority = 10;

    private const long LongestSleepNs = 200_000_000;

    private readonly KdamondOptions _options;
    private readonly DamonContext _context;
    private readonly AggregationReporter _reporter;
    private readonly CpuBudget? _budget;
    private readonly FootprintThread _footprints;
    private readonly Thread _thread;
    private readonly SamplingWindows _windows = new();
    private readonly List<(MonitoredTarget Monitored, DamonTarget Target)> _targets = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private long _aggregationCpuNs;
    private long _namesCpuOfExitedNs;
    private int _nrFirstChecks;
    private long _cheapestCheckNs = long.MaxValue;

    /// <summary>Prepares the worker; <see cref="Start"/> lets it run.</summary>
    /// <param name="options">What to do; its attributes must be valid.</param>
    /// <param name="targets">Processes to monitor; owned from now on.</param>
    /// <param name="tracepoint">Where results go.</param>
    public Kdamond(KdamondOptions options, IReadOnlyList<MonitoredTarget> targets, DamonTracepoint tracepoint)
    {
        _options = options;
        _budget = options.CpuBudget is double share ? new CpuBudget(share) : null;
        _footprints = new FootprintThread(options.CpuBudget);
        _reporter = new AggregationReporter(options, tracepoint, _windows);
        _context = new DamonContext(options.Attributes, new SeededRandom(options.Seed), _reporter, (ulong)Unistd.PageSize);
        foreach (MonitoredTarget monitored in targets)
        {
            DamonTarget target = monitored.FixedRanges.Count > 0
                ? _context.AddTarget([.. monitored.FixedRanges], monitored.AccessCheck)
                : _context.AddTarget(monitored.AddressSpace, monitored.AccessCheck);
            _targets.Add((monitored, target));
            _reporter.Add(target, monitored, _footprints.Add(target.TargetId, monitored.Process));
        }

        _reporter.Context = _context;
        _thread = new Thread(Run) { Name = $"kdamond.{options.Index}", IsBackground = true };
    }

    /// <inheritdoc/>
    public RecorderCounters Counters => _reporter.Counters;

    /// <summary>Ends when the worker has ended: stopped, or all its targets have exited. Faulted by an unexpected error.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Why real-time scheduling was not granted, once the worker runs; null when it was, or was not asked for.</summary>
    public string? RealtimeRefusal { get; private set; }

    /// <inheritdoc/>
    public void Start()
    {
        _footprints.Start();
        _thread.Start();
    }

    /// <summary>Asks the worker to end after its current sampling interval.</summary>
    public void Stop() => _stopping = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _footprints.Dispose();
        foreach ((MonitoredTarget monitored, _) in _targets)
        {
            monitored.Dispose();
        }
    }

    private void Run()
    {
        try
        {
            Schedule();
            _context.Start();
            Monitor();
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
        while (!_stopping && _targets.Count > 0)
        {
            long intervalNs = Math.Max(1, (long)_context.Attributes.SampleUs) * 1_000;
            bool isFirst = _budget is not null && _nrFirstChecks < CpuBudget.FirstChecks;
            long cpuNs = isFirst ? Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) : 0;
            _context.PrepareAccessChecks();
            long preparedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            dueNs += intervalNs;
            SleepUntil(dueNs);

            long checkedNs = Time.GetNs(Time.CLOCK_MONOTONIC);
            dueNs += intervalNs * _windows.Add(preparedNs, dueNs, checkedNs, intervalNs);
            if (_stopping)
            {
                return;
            }

            Counters.AddCheck();
            ulong before = _context.NrAggregations;
            _context.CheckAccesses();
            if (_context.NrAggregations != before)
            {
                EndAggregation();
                BeginAggregation();
            }

            if (isFirst)
            {
                LookAtFirstCheck(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuNs);
            }
        }
    }

    /// <summary>Sleeps in slices, so that a long sampling interval does not hold up the end of a recording.</summary>
    private void SleepUntil(long dueNs)
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        while (dueNs - nowNs > LongestSleepNs && !_stopping)
        {
            Time.SleepUntil(nowNs + LongestSleepNs);
            nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        }

        if (!_stopping)
        {
            Time.SleepUntil(dueNs);
        }
    }

    private long BeginAggregation()
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        _windows.Begin(nowNs);
        _aggregationCpuNs = Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID);
        return nowNs;
    }

    private void EndAggregation()
    {
        _reporter.EndAggregation();
        Counters.AddDelays(_windows.NrLate, _windows.NrMissed);
        Counters.SetKdamondCpu(Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID));
        RemoveExitedTargets();
        CountNamesCpu();
        KeepWithinBudget(
            Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) - _aggregationCpuNs, Time.GetNs(Time.CLOCK_MONOTONIC) - _windows.BeginNs);
    }

    private void RemoveExitedTargets()
    {
        for (int i = _targets.Count - 1; i >= 0; i--)
        {
            (MonitoredTarget monitored, DamonTarget target) = _targets[i];
            if (monitored.Process.HasExited)
            {
                _context.RemoveTarget(target);
                _namesCpuOfExitedNs += monitored.Names?.CpuNs ?? 0;
                _targets.RemoveAt(i);
                monitored.Dispose();
            }
        }
    }

    private void CountNamesCpu()
    {
        long cpuNs = _namesCpuOfExitedNs;
        foreach ((MonitoredTarget monitored, _) in _targets)
        {
            cpuNs += monitored.Names?.CpuNs ?? 0;
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

    private void KeepWithinBudget(long cpuNs, long wallNs)
    {
        if (_budget is not null)
        {
            SampleEvery(_budget.Next(_context.Attributes.SampleUs, cpuNs, wallNs, _reporter.ChecksOfLastAggregation));
        }
    }

    /// <summary>Changes the intervals; false when they are so already.</summary>
    private bool SampleEvery(ulong sampleUs)
    {
        DamonAttributes attributes = _context.Attributes;
        if (sampleUs == attributes.SampleUs)
        {
            return false;
        }

        _context.SetAttributes(attributes with
        {
            SampleUs = sampleUs,
            AggrUs = sampleUs * _budget!.SamplesPerAggregation(sampleUs),
            UpdateUs = Math.Max(_options.Attributes.UpdateUs, sampleUs),
        });
        _reporter.OnIntervalsTuned(sampleUs);
        return true;
    }
}
