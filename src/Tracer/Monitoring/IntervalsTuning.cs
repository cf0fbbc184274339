namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Auto-tuning of the intervals towards an <see cref="IntervalsGoal"/> (kdamond_tune_intervals, mm/damon/core.c).</summary>
internal static class IntervalsTuning
{
    /// <summary>A score of 10,000 means that the goal is met; twice as much is the most that makes a difference.</summary>
    private const ulong GoalScore = 10_000;

    private const ulong FeedInput = 100_000_000;
    private const ulong SmallestFeed = 10_000;

    /// <summary>Observed accesses relative to the wanted ones, in basis points.</summary>
    /// <param name="observed">Sum of size * nr_accesses over all regions.</param>
    /// <param name="possible">Sum of size * largest nr_accesses over all regions.</param>
    /// <param name="accessBp">Wanted share of the possible accesses.</param>
    internal static ulong Score(UInt128 observed, UInt128 possible, uint accessBp)
    {
        UInt128 wanted = possible * accessBp / DamonArithmetic.WholeBp;
        UInt128 score = observed * GoalScore / (wanted == 0 ? 1 : wanted);
        return score > ulong.MaxValue ? ulong.MaxValue : (ulong)score;
    }

    /// <summary>Factor for the sampling interval in basis points: 5,000 (too much seen) to 20,000 (nothing seen), 10,000 for no change.</summary>
    internal static ulong AdaptationBp(ulong score)
    {
        ulong adaptationBp = Feed(FeedInput, score) / DamonArithmetic.WholeBp;
        return adaptationBp <= DamonArithmetic.WholeBp ? 5_000 + (adaptationBp / 2) : adaptationBp;
    }

    /// <summary>The sampling interval that follows from a score, inside the bounds of the goal.</summary>
    internal static ulong NextSampleUs(ulong sampleUs, ulong score, IntervalsGoal goal)
    {
        ulong adaptationBp = AdaptationBp(score);
        if (adaptationBp == DamonArithmetic.WholeBp)
        {
            return sampleUs;
        }

        ulong nextUs = DamonArithmetic.MultiplyDivide(Math.Max(1, sampleUs), adaptationBp, DamonArithmetic.WholeBp);
        return Math.Max(1, Math.Clamp(nextUs, goal.MinSampleUs, goal.MaxSampleUs));
    }

    /// <summary>The proportional feedback loop of DAMON: the input of the next turn from the input and score of the last one.</summary>
    private static ulong Feed(ulong last, ulong score)
    {
        if (score == GoalScore)
        {
            return last;
        }

        if (score >= 2 * GoalScore)
        {
            return SmallestFeed;
        }

        bool isOver = score > GoalScore;
        ulong distance = isOver ? score - GoalScore : GoalScore - score;
        ulong compensation = DamonArithmetic.MultiplyDivide(last, distance, GoalScore);
        return isOver ? Math.Max(last - compensation, SmallestFeed) : last + compensation;
    }
}
