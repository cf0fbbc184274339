namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Chooses between MADV_COLD and clear_refs by what they were measured to cost. clear_refs wins only for targets that are tiny or made of
/// huge pages: it must be clearly cheaper than MADV_COLD and take at most a twentieth of the sampling interval. It is tried seldom,
/// ever more seldom after failures, and never where even the worst case would take longer than an interval.
/// </summary>
internal sealed class ClearerChoice
{
    private const int FirstTrialAfterTicks = 128;
    private const int LongestTrialDelayTicks = 1 << 14;
    private const int RefreshColdAfterTicks = 2048;
    private const int RefreshColdTicks = 32;
    private const long WorstClearNsPerPage = 32;
    private const long NotWorthItBelowNs = 20_000;
    private const int LargestShareOfInterval = 20;

    private int _ticksInState;
    private int _trialDelay = FirstTrialAfterTicks;
    private bool _onTrial;
    private double _coldAverageNs;
    private double _clearRefsAverageNs;

    /// <summary>Sampling interval in force, in nanoseconds.</summary>
    internal required long IntervalNs { get; set; }

    /// <summary>MADV_COLD may be used.</summary>
    internal bool HasCold { get; set; } = true;

    /// <summary>clear_refs may be used.</summary>
    internal bool HasClearRefs { get; set; }

    /// <summary>clear_refs also flushes: only then it may replace MADV_COLD for its price alone.</summary>
    internal bool ClearRefsFlushes { get; set; }

    internal bool UsesClearRefs { get; private set; }

    /// <summary>The clearer of this tick: true for clear_refs. The size is only asked for before a trial.</summary>
    internal bool PickClearRefs(TargetStat stat)
    {
        if (!HasCold || !HasClearRefs || !ClearRefsFlushes)
        {
            return UsesClearRefs = !HasCold && HasClearRefs;
        }

        _ticksInState++;
        if (UsesClearRefs && _ticksInState > RefreshColdAfterTicks)
        {
            // The average of MADV_COLD is old by now: some ticks of it, then the next trial decides.
            Enter(clearRefs: false, RefreshColdTicks);
        }
        else if (!UsesClearRefs && _ticksInState > _trialDelay)
        {
            _onTrial = _coldAverageNs > NotWorthItBelowNs && stat.TryRead() && stat.ResidentPages * WorstClearNsPerPage <= IntervalNs;
            if (!_onTrial)
            {
                Enter(clearRefs: false, _trialDelay * 2);
            }
        }

        return UsesClearRefs || _onTrial;
    }

    /// <summary>What the tick's clear step cost.</summary>
    internal void Report(bool clearRefs, long elapsedNs)
    {
        if (!clearRefs)
        {
            _coldAverageNs = Average(_coldAverageNs, elapsedNs);
            return;
        }

        _clearRefsAverageNs = _onTrial ? elapsedNs : Average(_clearRefsAverageNs, elapsedNs);
        bool isCheaper = _clearRefsAverageNs * LargestShareOfInterval <= IntervalNs
            && _clearRefsAverageNs < (_onTrial ? 0.7 : 1.0) * _coldAverageNs;
        if (_onTrial)
        {
            _onTrial = false;
            Enter(isCheaper, isCheaper ? FirstTrialAfterTicks : _trialDelay * 2);
        }
        else if (UsesClearRefs && HasCold && !isCheaper)
        {
            Enter(clearRefs: false, _trialDelay * 2);
        }
    }

    private static double Average(double average, long value) => average == 0 ? value : average + ((value - average) / 16);

    private void Enter(bool clearRefs, int trialDelay)
    {
        UsesClearRefs = clearRefs;
        _ticksInState = 0;
        _trialDelay = Math.Min(trialDelay, LongestTrialDelayTicks);
    }
}
