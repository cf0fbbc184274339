namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// How often the proportional size may be read: a share of time is earned as time passes, and what a reading took is spent. A large process
/// leaves a debt that keeps further readings off until it is earned back.
/// </summary>
internal sealed class PssAllowance
{
    // What a second brings is saved up, no more: a long pause must not buy a burst of readings.
    private const double LongestSavingNs = 1e9;

    private readonly double _share;
    private double _balanceNs;

    /// <param name="share">Share of time that readings may take, greater than 0.</param>
    internal PssAllowance(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        _share = share;
    }

    /// <summary>True when one more reading may begin.</summary>
    internal bool Allows => _balanceNs >= 0;

    internal void Earn(long elapsedNs) => _balanceNs = Math.Min(_balanceNs + (elapsedNs * _share), LongestSavingNs * _share);

    internal void Spend(long readingNs) => _balanceNs -= readingNs;
}
