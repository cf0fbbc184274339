namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What schemes need from outside: a clock, the state of the machine, and somebody who acts. Called on the kdamond's thread.</summary>
public interface ISchemeEnvironment
{
    /// <summary>Monotonic time in nanoseconds.</summary>
    long NowNs { get; }

    /// <summary>The value of a goal's metric, of <see cref="QuotaGoalMetric.SomeMemPsiUs"/> the total since boot; null: unknown.</summary>
    ulong? Read(QuotaGoal goal);

    /// <summary>The value of a watermark's metric in per mille; null: unknown.</summary>
    uint? Read(WatermarkMetric metric);

    /// <summary>
    /// Finds out what of a range could be acted on. Nothing may be done yet; <see cref="Act"/> follows for the range up to the returned end.
    /// </summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="target">The target.</param>
    /// <param name="range">A part of a region.</param>
    /// <param name="limit">Bytes that may be acted on at most, whole pages, not 0.</param>
    /// <param name="ignoreFilters">The filters by kind of memory do not matter.</param>
    SchemeReach Plan(RunningScheme scheme, DamonTarget target, AddressRange range, ulong limit, bool ignoreFilters);

    /// <summary>Acts on what was planned last.</summary>
    SchemeOutcome Act(RunningScheme scheme, DamonTarget target, in DamonRegion region);
}
