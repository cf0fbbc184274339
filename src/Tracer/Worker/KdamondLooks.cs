using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Looks at the followed pages of all targets of a kdamond, and sweeps, between two windows and within both budgets: the recorder's own and that of
/// the targets. When is <see cref="PageLooks"/>', of which pages <see cref="TargetLooks"/>'. For the kdamond's thread.
/// </summary>
internal sealed class KdamondLooks
{
    // Of a CPU budget, what looks and sweeps may take; without one, shares of a CPU and of time.
    private const double ShareOfBudget = 0.15;
    private const double Share = 0.015;
    private const double SweepShareOfBudget = 0.4;
    private const double LargestSweepShare = 0.02;

    private readonly List<KdamondTarget> _targets;
    private readonly double? _targetBudget;
    private readonly double _share;
    private readonly PageLooks _looks;
    private double? _nsPerPage;
    private long _nrMadeOld;

    /// <param name="options">The budgets.</param>
    /// <param name="targets">Those of the kdamond, as they come and go.</param>
    internal KdamondLooks(KdamondOptions options, List<KdamondTarget> targets)
    {
        _targets = targets;
        _targetBudget = options.TargetBudget;
        _share = options.CpuBudget * ShareOfBudget ?? Share;
        _looks = new PageLooks(
            _share, Math.Min(LargestSweepShare, Math.Min(options.CpuBudget ?? 1, options.TargetBudget ?? 1) * SweepShareOfBudget));
    }

    /// <summary>CPU time of all looks and sweeps, in nanoseconds.</summary>
    internal long CpuNs { get; private set; }

    /// <summary>Looks and sweeps when that is due; returns the time it took, by which the next window comes later.</summary>
    internal long Look()
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

        CpuNs += Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuNs;
        return Time.GetNs(Time.CLOCK_MONOTONIC) - nowNs;
    }

    /// <summary>A window was prepared: what that took from the followed pages.</summary>
    internal void OnPrepared(long preparedNs)
    {
        foreach (KdamondTarget target in _targets)
        {
            target.Looks.OnPrepared(preparedNs);
            _nrMadeOld += target.Looks.TakeNrMadeOld();
        }
    }

    /// <summary>Pages of a target were found young and made old between two windows.</summary>
    internal void OnTaken(ulong targetId, ReadOnlySpan<AddressRange> taken)
    {
        foreach (KdamondTarget target in _targets)
        {
            if (target.Target.TargetId == targetId)
            {
                target.Looks.OnTaken(taken, Time.GetNs(Time.CLOCK_MONOTONIC));
            }
        }
    }

    /// <summary>For how long the windows since it was asked before hold up the targets, in nanoseconds; 0 where nobody bounds that.</summary>
    internal double TakeHeldUpNs()
    {
        double heldUpNs = _targetBudget is null ? 0 : _nrMadeOld * NsPerPage();
        _nrMadeOld = 0;
        return heldUpNs;
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

    /// <summary>What a look holds up the targets for, in CPU time that the budgets weigh the same: looks take equal parts of both.</summary>
    private long CpuWorthOfLook()
    {
        if (_targetBudget is not double targetBudget)
        {
            return 0;
        }

        long pages = 0;
        foreach (KdamondTarget target in _targets)
        {
            pages += target.Looks.TakeNrMadeOld();
        }

        return (long)(pages * NsPerPage() * _share / (targetBudget * ShareOfBudget));
    }

    private double NsPerPage() => _nsPerPage ??= TouchCost.Measure();
}
