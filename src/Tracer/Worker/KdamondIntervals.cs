using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The intervals of a kdamond that keeps to budgets: measures what its checks cost, and puts in force what <see cref="CpuBudget"/> decides. Without
/// budgets they stay as they are. For the kdamond's thread.
/// </summary>
internal sealed class KdamondIntervals
{
    // Of the targets' budget, what checks may take; looks and sweeps have shares of their own.
    private const double CheckShareOfTargetBudget = 0.45;

    private readonly KdamondOptions _options;
    private readonly DamonContext _context;
    private readonly AggregationReporter _reporter;
    private readonly KdamondTargets _targets;
    private readonly KdamondLooks _looks;
    private readonly GrowthWatch _growth;
    private readonly CpuBudget? _budget;
    private Cpu _began;
    private long _beganNs;
    private int _nrFirstChecks;
    private long _checkBeganNs;
    private long _cheapestCheckNs = long.MaxValue;

    internal KdamondIntervals(
        KdamondOptions options, DamonContext context, AggregationReporter reporter, KdamondTargets targets, KdamondLooks looks, GrowthWatch growth)
    {
        _options = options;
        _context = context;
        _reporter = reporter;
        _targets = targets;
        _looks = looks;
        _growth = growth;
        _budget = options.CpuBudget is null && options.TargetBudget is null
            ? null
            : new CpuBudget(options.CpuBudget ?? double.PositiveInfinity, options.TargetBudget * CheckShareOfTargetBudget ?? double.PositiveInfinity);
    }

    private bool IsFirstCheck => _budget is not null && _nrFirstChecks < CpuBudget.FirstChecks;

    /// <summary>An aggregation begins.</summary>
    internal void OnAggregationBegan(long nowNs) => (_beganNs, _began) = (nowNs, Spent());

    /// <summary>A check begins.</summary>
    internal void OnCheckBegan() => _checkBeganNs = IsFirstCheck ? CheckCpuNs() : 0;

    /// <summary>
    /// A check has ended: on a large target one may cost so much that whole aggregations of them must not be waited for. True when the intervals are
    /// others now.
    /// </summary>
    internal bool OnCheckEnded()
    {
        if (!IsFirstCheck)
        {
            return false;
        }

        _cheapestCheckNs = Math.Min(_cheapestCheckNs, CheckCpuNs() - _checkBeganNs);
        return ++_nrFirstChecks == CpuBudget.FirstChecks && SampleEvery(_budget!.AfterFirstChecks(_context.Attributes.SampleUs, _cheapestCheckNs));
    }

    /// <summary>An aggregation has ended: decides on the intervals of the next.</summary>
    internal void OnAggregationEnded()
    {
        if (_budget is null)
        {
            return;
        }

        // What making a large target old costs comes once: were it counted, checks would be put off for it, and its end with them.
        Cpu now = Spent();
        long startNs = now.StartNs - _began.StartNs;
        long threadNs = now.ThreadNs - _began.ThreadNs - startNs;

        // Looks and updates come as often as time allows: were they counted for the checks, fewer checks would make each of them dearer still.
        long checksNs = threadNs - (now.LooksNs - _began.LooksNs) - (now.UpdatesNs - _began.UpdatesNs);
        long allNs = _options.BudgetCoversProcess ? now.ProcessNs - _began.ProcessNs - startNs : threadNs;
        long wallNs = Time.GetNs(Time.CLOCK_MONOTONIC) - _beganNs;
        SampleEvery(_budget.Next(
            _context.Attributes.SampleUs, checksNs, allNs - checksNs, wallNs, _reporter.ChecksOfLastAggregation, _looks.TakeHeldUpNs()));
    }

    private Cpu Spent() => new(
        Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID), Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID), _looks.CpuNs, _growth.UpdateCpuNs, _targets.StartCpuNs);

    private long CheckCpuNs() => Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - _targets.StartCpuNs;

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

    /// <summary>CPU time so far, in nanoseconds: of the process, of the kdamond's thread, and of that for looks, regions updates and the start.</summary>
    private readonly record struct Cpu(long ProcessNs, long ThreadNs, long LooksNs, long UpdatesNs, long StartNs);
}
