namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Keeps the monitor's own CPU time within a share of one CPU by stretching or shrinking the sampling interval.
/// A check costs about the same CPU whatever the interval, so the interval that just fits is cost per check / share. What was overspent
/// is paid back by longer intervals.
/// Pure arithmetic: the kdamond measures, this decides, once per aggregation.
/// </summary>
internal sealed class CpuBudget
{
    /// <summary>The default share of one CPU when no intervals are given.</summary>
    internal const double DefaultShare = 0.05;

    /// <summary>The sampling interval the budget starts with and never goes below, in microseconds.</summary>
    internal const ulong MinSampleUs = 5_000;

    /// <summary>Samples per aggregation under a budget: the aggregation interval follows the sampling interval.</summary>
    internal const ulong SamplesPerAggregation = 20;

    // With the default share an aggregation never exceeds 500 ms, so that ten seconds give at least fifteen whole snapshots.
    private const double LongestSampleUsTimesShare = 25_000 * DefaultShare;

    // The first aggregations pay for just-in-time compilation; they say nothing about what monitoring costs.
    private const int IgnoredAggregations = 3;

    // A change of less than a fifth is noise; changing the intervals converts every region's numbers, so it should be worth it.
    private const double SmallestChange = 1.2;

    private const double Smoothing = 0.3;

    // What was overspent, by starting up or by a burst of work, is paid back over this time, with half of the share at most.
    private const double RepaymentNs = 5e9;

    private readonly double _share;
    private int _seen;
    private double _debtNs;
    private double _costPerCheckNs;

    internal CpuBudget(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        _share = share;
        MaxSampleUs = (ulong)Math.Max(MinSampleUs, LongestSampleUsTimesShare / share);
    }

    /// <summary>The longest sampling interval this budget uses, in microseconds.</summary>
    internal ulong MaxSampleUs { get; }

    /// <summary>Tells the sampling interval for the next aggregation.</summary>
    /// <param name="sampleUs">The interval in force, in microseconds.</param>
    /// <param name="cpuNs">CPU time the whole process used in the aggregation, in nanoseconds.</param>
    /// <param name="wallNs">Length of the aggregation in nanoseconds.</param>
    /// <param name="nrChecks">Checks made in the aggregation.</param>
    /// <returns>The interval to use from now on; <paramref name="sampleUs"/> itself when it is good enough.</returns>
    internal ulong Next(ulong sampleUs, long cpuNs, long wallNs, uint nrChecks)
    {
        _debtNs = Math.Max(0, _debtNs + cpuNs - (_share * wallNs));
        if (++_seen <= IgnoredAggregations || nrChecks == 0)
        {
            return sampleUs;
        }

        double costNs = (double)cpuNs / nrChecks;
        _costPerCheckNs = _costPerCheckNs == 0 ? costNs : _costPerCheckNs + (Smoothing * (costNs - _costPerCheckNs));
        double share = Math.Clamp(_share - (_debtNs / RepaymentNs), _share / 2, _share);
        double fittingUs = _costPerCheckNs / 1_000 / share;

        // At most double or halve at once: one disturbed aggregation must not throw the resolution away.
        double nextUs = Math.Clamp(Math.Clamp(fittingUs, sampleUs / 2.0, sampleUs * 2.0), MinSampleUs, MaxSampleUs);
        bool worthIt = nextUs > sampleUs * SmallestChange || nextUs * SmallestChange < sampleUs;
        return worthIt ? (ulong)nextUs : sampleUs;
    }
}
