namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>A number that a scheme is to bring about.</summary>
/// <param name="Metric">Which number.</param>
/// <param name="TargetValue">Its wanted value, greater than 0, in the metric's unit.</param>
public sealed record QuotaGoal(QuotaGoalMetric Metric, ulong TargetValue)
{
    /// <summary>Of <see cref="QuotaGoalMetric.UserInput"/>: the value now, as the user sees it.</summary>
    public ulong CurrentValue { get; init; }

    /// <summary>Of the metrics of memory nodes: which; null for all of them together, which the kernel does not have.</summary>
    public int? Node { get; init; }

    /// <summary>Of the metrics of a control group: its directory below the cgroup root.</summary>
    public string CgroupPath { get; init; } = "";
}
