namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Time that may be spent: earned as a share of what passes, kept for a second at most, spent beforehand or afterwards.</summary>
/// <param name="share">The share of the time that passes.</param>
internal sealed class Allowance(double share)
{
    private double _balanceNs = share * 1e9;

    /// <summary>Whether there is anything left.</summary>
    internal bool IsLeft => _balanceNs > 0;

    internal void Earn(double passedNs) => _balanceNs = Math.Min(_balanceNs + (passedNs * share), share * 1e9);

    internal void Spend(double ns) => _balanceNs -= ns;
}
