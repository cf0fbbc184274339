namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Keeps the monitor's own CPU time within a share of one CPU, and what checks cost the targets within a share of their time, by stretching or shrinking the sampling interval. What the recorder costs whatever
/// the interval (writing, heartbeats, looks at followed pages) comes off the share first; a check costs about the same CPU whatever the interval,
/// so the interval that just fits is cost per check / what is left. Starting up is not paid back.
/// Pure arithmetic: the kdamond measures, this decides, once per aggregation, and once early on when checks are very expensive.
/// </summary>
internal sealed class CpuBudget
{
    /// <summary>The default share of one CPU when no intervals are given.</summary>
    internal const double DefaultShare = 0.05;

    /// <summary>The sampling interval the budget starts with and never goes below, in microseconds.</summary>
    internal const ulong MinSampleUs = 5_000;

    /// <summary>No check may be put off longer than this, whatever it costs: a minute, in microseconds.</summary>
    internal const ulong MaxSampleUs = 60_000_000;

    /// <summary>Samples per aggregation while checks are cheap.</summary>
    internal const ulong MostSamplesPerAggregation = 20;

    /// <summary>Samples per aggregation when checks are expensive: less would tell hot from warm no more.</summary>
    internal const ulong FewestSamplesPerAggregation = 5;

    /// <summary>Checks after which <see cref="AfterFirstChecks"/> is to be asked.</summary>
    internal const int FirstChecks = 3;

    // Twenty seconds give at least sixty whole snapshots, as long as five checks fit. Dearer checks keep to the budget and give fewer.
    private const double MaxAggrUs = 300_000;

    // The checks are what the recorder is for: at least this part of the share is theirs, even where the rest then costs more than it should.
    private const double MinPartOfChecks = 1.0 / 3;

    // The first aggregations pay for just-in-time compilation; they say nothing about what monitoring costs.
    private const int IgnoredAggregations = 3;

    // Changing the intervals converts every region's numbers, so it should be worth it: below the share a fifth is not. A share that was promised
    // is another matter, so above it only noise is left alone, and what is changed is set a little below.
    private const double SmallestShrink = 1.2;
    private const double SmallestStretch = 1.05;
    private const double Margin = 1.05;

    private const double Smoothing = 0.3;

    // What else the process does comes now and then: a scrape, a look at what a target holds, a new file. One of them says nothing about the next second.
    private const double OtherSmoothingNs = 10e9;

    private readonly double _share;
    private readonly double _targetShare;
    private int _seen;
    private double _heldUpPerCheckNs;
    private double _costPerCheckNs;
    private double _otherShare;

    /// <param name="share">Of one CPU, for the monitor; infinite where only the targets' time is bounded.</param>
    /// <param name="targetShare">Of the targets' time, for what checks cost them; no bound by default.</param>
    internal CpuBudget(double share, double targetShare = double.PositiveInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(targetShare);
        _share = share;
        _targetShare = targetShare;
    }

    /// <summary>Samples per aggregation with a sampling interval: fewer when it is long, so that snapshots keep coming.</summary>
    internal static ulong SamplesPerAggregation(ulong sampleUs) =>
        (ulong)Math.Clamp(MaxAggrUs / sampleUs, FewestSamplesPerAggregation, MostSamplesPerAggregation);

    /// <summary>
    /// Tells the sampling interval after the first checks. Only checks that are so expensive that an aggregation of them at the first
    /// interval would already be a debt change it; all others wait for measurements of whole aggregations.
    /// </summary>
    /// <param name="sampleUs">The interval in force, in microseconds.</param>
    /// <param name="cheapestCheckNs">The kdamond's CPU time for the cheapest of them: the others compiled code.</param>
    internal ulong AfterFirstChecks(ulong sampleUs, long cheapestCheckNs)
    {
        double fittingUs = cheapestCheckNs / 1_000.0 / _share;
        if (fittingUs * MostSamplesPerAggregation <= MaxAggrUs)
        {
            return sampleUs;
        }

        _costPerCheckNs = cheapestCheckNs;
        return (ulong)Math.Clamp(fittingUs, sampleUs, MaxSampleUs);
    }

    /// <summary>Tells the sampling interval for the next aggregation.</summary>
    /// <param name="sampleUs">The interval in force, in microseconds.</param>
    /// <param name="checksNs">CPU time the checks of the aggregation took, in nanoseconds.</param>
    /// <param name="otherNs">CPU time of everything else the process did meanwhile.</param>
    /// <param name="wallNs">Length of the aggregation in nanoseconds.</param>
    /// <param name="nrChecks">Checks made in the aggregation.</param>
    /// <param name="heldUpNs">For how long the checks of the aggregation hold up the targets.</param>
    /// <returns>The interval to use from now on; <paramref name="sampleUs"/> itself when it is good enough.</returns>
    internal ulong Next(ulong sampleUs, long checksNs, long otherNs, long wallNs, uint nrChecks, double heldUpNs = 0)
    {
        if (++_seen <= IgnoredAggregations || nrChecks == 0 || wallNs <= 0)
        {
            return sampleUs;
        }

        _costPerCheckNs = Smooth(_costPerCheckNs, (double)checksNs / nrChecks);
        double weight = Math.Max(1.0 / (_seen - IgnoredAggregations), Math.Min(Smoothing, wallNs / OtherSmoothingNs));
        _otherShare += weight * ((Math.Max(0, otherNs) / (double)wallNs) - _otherShare);
        double left = Math.Max(_share - _otherShare, _share * MinPartOfChecks);
        _heldUpPerCheckNs = Smooth(_heldUpPerCheckNs, heldUpNs / nrChecks);
        double fittingUs = Math.Max(_costPerCheckNs / left, _heldUpPerCheckNs / _targetShare) / 1_000;

        // At most double or halve at once: one disturbed aggregation must not throw the resolution away.
        fittingUs = Math.Clamp(fittingUs, MinSampleUs, MaxSampleUs);
        bool worthIt = fittingUs > sampleUs * SmallestStretch || fittingUs * SmallestShrink < sampleUs;
        double nextUs = fittingUs > MinSampleUs ? fittingUs * Margin : MinSampleUs;
        return worthIt ? (ulong)Math.Clamp(Math.Clamp(nextUs, sampleUs / 2.0, sampleUs * 2.0), MinSampleUs, MaxSampleUs) : sampleUs;
    }

    private static double Smooth(double value, double newest) => value == 0 ? newest : value + (Smoothing * (newest - value));
}
