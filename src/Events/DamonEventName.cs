namespace Damon.Trace.Events;

/// <summary>Event names: the kernel's where the kernel has the event, prefixed <c>damon_trace_</c> where only we do.</summary>
public static class DamonEventName
{
    /// <summary>One region of a snapshot: <see cref="DamonAggregated"/>.</summary>
    public const string Aggregated = "damon_aggregated";

    /// <summary>The sampling interval was tuned: <see cref="Events.MonitorIntervalsTune"/>.</summary>
    public const string MonitorIntervalsTune = "damon_monitor_intervals_tune";

    /// <summary>A region that a scheme is about to act on.</summary>
    public const string BeforeApply = "damos_before_apply";

    /// <summary>A scheme's quota in effect.</summary>
    public const string EffectiveSize = "damos_esz";

    /// <summary>A scheme's counters.</summary>
    public const string SchemeStatistics = "damos_stat_after_apply_interval";

    /// <summary>What a kdamond monitors with: <see cref="ContextDescription"/>.</summary>
    public const string Context = "damon_trace_context";

    /// <summary>A process: <see cref="TargetDescription"/>.</summary>
    public const string Target = "damon_trace_target";

    /// <summary>A mapping of a target: <see cref="MappingDescription"/>.</summary>
    public const string Mapping = "damon_trace_mapping";

    /// <summary>The header of a snapshot: <see cref="SnapshotHeader"/>.</summary>
    public const string Snapshot = "damon_trace_snapshot";

    /// <summary>Clocks and counters, once a second: <see cref="Events.Heartbeat"/>.</summary>
    public const string Heartbeat = "damon_trace_heartbeat";

    /// <summary>The next events come from another's kdamond: <see cref="RelayedOrigin"/>.</summary>
    public const string Relayed = "damon_trace_relayed";

    /// <summary>What memory a target holds: <see cref="Events.Footprint"/>.</summary>
    public const string Footprint = "damon_trace_footprint";

    /// <summary>What the samples of regions say about their memory: <see cref="RegionEstimateRecord"/>.</summary>
    public const string Estimates = "damon_trace_estimates";

    /// <summary>For how long memory has been idle: <see cref="IdlePages"/>.</summary>
    public const string Idle = "damon_trace_idle";

    /// <summary>Of <see cref="DamonEventId.Access"/>.</summary>
    public const string Access = "damon_trace_access";

    /// <summary>Of <see cref="DamonEventId.Stack"/>.</summary>
    public const string Stack = "damon_trace_stack";

    /// <summary>Of <see cref="DamonEventId.Thread"/>.</summary>
    public const string Thread = "damon_trace_thread";

    /// <summary>Of <see cref="DamonEventId.Sampler"/>.</summary>
    public const string Sampler = "damon_trace_sampler";

    /// <summary>Of <see cref="DamonEventId.HugePages"/>.</summary>
    public const string HugePages = "damon_trace_huge_pages";

    /// <summary>Of <see cref="DamonEventId.SplitPages"/>.</summary>
    public const string SplitPages = "damon_trace_split_pages";
}
