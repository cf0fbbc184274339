namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>The integer formulas of quotas (mm/damon/core.c).</summary>
internal static class QuotaArithmetic
{
    // Assumed of an action nothing is known of: 1024 pages a millisecond.
    private const ulong FirstPagesPerMs = 1024;

    /// <summary>
    /// The feedback loop: a score of 10,000 keeps the value, 0 doubles it, 20,000 and more set it to the smallest, in between it changes by its
    /// distance from the goal.
    /// </summary>
    internal static ulong Feed(ulong last, ulong score)
    {
        const ulong Goal = DamonArithmetic.WholeBp;
        const ulong Smallest = DamonArithmetic.WholeBp;
        if (score == Goal)
        {
            return last;
        }

        if (score >= 2 * Goal)
        {
            return Smallest;
        }

        ulong distance = score > Goal ? score - Goal : Goal - score;
        ulong change = DamonArithmetic.MultiplyDivide(last, distance, Goal);
        return score > Goal ? Math.Max(last - change, Smallest) : last > ulong.MaxValue - change ? ulong.MaxValue : last + change;
    }

    /// <summary>Bytes that an action gets through in some milliseconds, by what it got through so far; a page at least.</summary>
    internal static ulong SizeForTime(ulong ms, ulong totalBytes, ulong totalNs, ulong minRegionSize)
    {
        ulong perMs = totalNs > 0 ? DamonArithmetic.MultiplyDivide(totalBytes, 1_000_000, totalNs) : minRegionSize * FirstPagesPerMs;
        return Math.Max(DamonArithmetic.MultiplyDivide(perMs, ms, 1), minRegionSize);
    }
}
