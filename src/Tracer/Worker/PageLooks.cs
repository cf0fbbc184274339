namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// When to look at followed pages: in pairs 100 ms apart, so that bytes accessed within 100 ms are known whatever the pairs cost, and a pair as
/// soon as the CPU time of the one before is earned. Where a good part of a target's memory needs sweeps, the first look of each pair is followed by
/// one: the bits that it clears have just been read, and the second look sees what was accessed within those 100 ms, shared and locked
/// memory included; where a target is not through by then (<see cref="SweptWindow"/>), there is another look each 100 ms until it is. Where it is little (the libraries of every process) sweeps are as much rarer. Pure arithmetic over the caller's clock.
/// </summary>
internal sealed class PageLooks
{
    /// <summary>Time between the looks of a pair.</summary>
    internal const long PairNs = 100_000_000;

    /// <summary>Shortest time from one pair to the next.</summary>
    internal const long MinPeriodNs = 250_000_000;

    /// <summary>What was accessed within this time before a sweep is what the target will access again after it.</summary>
    internal const long MaxSweepMemoryNs = 10_000_000_000;

    /// <summary>Shortest time from one report to the next: about a second.</summary>
    internal const long MinReportNs = 900_000_000;

    // Below this share of memory, sweeps take a share of time that is as much smaller.
    private const double WorthwhileShare = 0.05;

    private readonly TimeAllowance _looks;
    private readonly TimeAllowance _sweeps;
    private long _earnedNs;
    private long _firstNs = long.MinValue / 2;
    private long _latestNs = long.MinValue / 2;
    private bool _isPairOpen;
    private long _secondNs = long.MinValue / 2;
    private long _secondBeforeNs;
    private long _reportedNs = long.MinValue / 2;

    /// <param name="lookShare">Share of one CPU that looks may take, greater than 0.</param>
    /// <param name="sweepShare">Share of time for which sweeps may hold up a target, greater than 0.</param>
    internal PageLooks(double lookShare, double sweepShare)
    {
        _looks = new TimeAllowance(lookShare);
        _sweeps = new TimeAllowance(sweepShare);
    }

    /// <summary>The next look is the first of a pair.</summary>
    internal bool IsFirst => !_isPairOpen;

    /// <summary>Time between the looks of the latest pair.</summary>
    internal long ShortNs => _secondNs - _firstNs;

    /// <summary>From the last look of the pair before to that of the latest one: idle times from this on are told apart.</summary>
    internal long LongNs => _secondNs - _secondBeforeNs;

    /// <summary>Whether a look is due.</summary>
    /// <param name="nowNs">Time.</param>
    /// <param name="sweptShare">Share of the memory that only a sweep makes old, of the target where it is largest.</param>
    internal bool IsDue(long nowNs, double sweptShare)
    {
        if (_earnedNs != 0)
        {
            _looks.Earn(nowNs - _earnedNs);
            _sweeps.Earn((long)((nowNs - _earnedNs) * Math.Min(1, sweptShare / WorthwhileShare)));
        }

        _earnedNs = nowNs;
        return IsFirst
            ? nowNs - _firstNs >= MinPeriodNs && _looks.Allows && (sweptShare < WorthwhileShare || _sweeps.Allows)
            : nowNs - _latestNs >= PairNs;
    }

    /// <summary>Whether a sweep may follow the look that is due.</summary>
    internal bool MaySweep => IsFirst && _sweeps.Allows;

    /// <summary>A look was made; true when it completes a pair that is to be reported.</summary>
    /// <param name="nowNs">Time given to <see cref="IsDue"/>.</param>
    /// <param name="cpuNs">CPU time it took, without sweeps.</param>
    /// <param name="sweepNs">Time for which sweeps after it hold up the target.</param>
    /// <param name="isWhole">All targets have answered the sweep that opened the pair; else it is not complete yet.</param>
    internal bool OnLooked(long nowNs, long cpuNs, long sweepNs, bool isWhole = true)
    {
        _looks.Spend(cpuNs);
        _sweeps.Spend(sweepNs);
        _latestNs = nowNs;
        if (IsFirst)
        {
            _secondBeforeNs = _secondNs;
            _firstNs = nowNs;
            _isPairOpen = true;
            return false;
        }

        if (!isWhole)
        {
            return false;
        }

        _isPairOpen = false;
        _secondNs = nowNs;
        bool hasPairBefore = _secondBeforeNs > 0;
        bool isReport = hasPairBefore && nowNs - _reportedNs >= MinReportNs;
        _reportedNs = isReport ? nowNs : _reportedNs;
        return isReport;
    }
}
