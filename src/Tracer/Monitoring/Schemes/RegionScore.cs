using System.Numerics;

namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>Priority of regions under a quota, 0 to 99 (damon_hot_score and damon_cold_score, mm/damon/ops-common.c).</summary>
internal static class RegionScore
{
    internal const int Max = 99;
    private const int MaxAgeBits = 32;

    /// <summary>
    /// How hot: the share of samples in percent and the logarithm of the age in seconds, which counts downwards for what is not accessed,
    /// averaged by the weights.
    /// </summary>
    internal static int Hot(uint nrAccesses, uint age, DamonAttributes attributes, PriorityWeights weights)
    {
        long frequency = nrAccesses * 100L / attributes.MaxNrAccesses;
        ulong seconds = DamonArithmetic.MultiplyDivide(age, attributes.AggrUs, 1_000_000);
        long bits = seconds == 0 ? 0 : Math.Min(BitOperations.Log2(seconds) + 1, MaxAgeBits);
        long ageScore = (MaxAgeBits + (frequency == 0 ? -bits : bits)) * 100 / MaxAgeBits / 2;
        long sum = (weights.NrAccesses * frequency) + (weights.Age * ageScore);
        long whole = (long)weights.NrAccesses + weights.Age;
        return (int)Math.Clamp((whole > 0 ? sum / whole : sum) * Max / 100, 0, Max);
    }

    /// <summary>The score under which an action takes regions first; those without a preference take all alike.</summary>
    internal static int Of(SchemeAction action, uint nrAccesses, uint age, DamonAttributes attributes, PriorityWeights weights) => action switch
    {
        SchemeAction.PageOut or SchemeAction.MigrateCold or SchemeAction.Cold or SchemeAction.Demote =>
            Max - Hot(nrAccesses, age, attributes, weights),
        SchemeAction.MigrateHot or SchemeAction.Collapse => Hot(nrAccesses, age, attributes, weights),
        _ => Max,
    };

    /// <summary>The lowest score that still gets its turn: from the top downwards until the bytes suffice.</summary>
    /// <param name="histogram">Bytes by score.</param>
    /// <param name="bytes">What may be acted on.</param>
    internal static int Lowest(ReadOnlySpan<ulong> histogram, ulong bytes)
    {
        ulong sum = 0;
        int score = Max;
        for (; score > 0; score--)
        {
            sum += histogram[score];
            if (sum >= bytes)
            {
                break;
            }
        }

        return score;
    }
}
