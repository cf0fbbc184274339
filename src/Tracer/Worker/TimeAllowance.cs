namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// How often something may be done whose cost is known only afterwards: a share of time is earned as time passes, and what was taken is spent.
/// What a large process costs leaves a debt that keeps it off until it is earned back.
/// </summary>
internal sealed class TimeAllowance
{
    // What a second brings is saved up, no more: a long pause must not buy a burst.
    private const double LongestSavingNs = 1e9;

    private readonly double _share;
    private double _balanceNs;

    /// <param name="share">Share of time that may be taken, greater than 0.</param>
    internal TimeAllowance(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        _share = share;
    }

    /// <summary>True when it may be done once more.</summary>
    internal bool Allows => _balanceNs >= 0;

    internal void Earn(long elapsedNs) => _balanceNs = Math.Min(_balanceNs + (elapsedNs * _share), LongestSavingNs * _share);

    internal void Spend(long takenNs) => _balanceNs -= takenNs;
}
