namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>
/// Time that may be spent: earned as a share of what passes, spent beforehand or afterwards; there is a tenth of a second's worth to begin with.
/// </summary>
/// <param name="share">The share of the time that passes.</param>
/// <param name="keptSeconds">What is not spent is kept for so long at most.</param>
internal sealed class Allowance(double share, double keptSeconds = 1)
{
    /// <summary>What is left, in nanoseconds; negative where more was spent.</summary>
    internal double BalanceNs { get; private set; } = share * 1e8;

    /// <summary>Whether there is anything left.</summary>
    internal bool IsLeft => BalanceNs > 0;

    internal void Earn(double passedNs) => BalanceNs = Math.Min(BalanceNs + (passedNs * share), keptSeconds * share * 1e9);

    internal void Spend(double ns) => BalanceNs -= ns;
}
