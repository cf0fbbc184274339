namespace Damon.Trace.Events;

/// <summary>Event names: the kernel's where the kernel has the event, prefixed <c>damon_trace_</c> where only we do.</summary>
public static class DamonEventName
{
    public const string Aggregated = "damon_aggregated";
    public const string MonitorIntervalsTune = "damon_monitor_intervals_tune";
    public const string BeforeApply = "damos_before_apply";
    public const string EffectiveSize = "damos_esz";
    public const string SchemeStatistics = "damos_stat_after_apply_interval";

    public const string Context = "damon_trace_context";
    public const string Target = "damon_trace_target";
    public const string Mapping = "damon_trace_mapping";
    public const string Snapshot = "damon_trace_snapshot";
    public const string Heartbeat = "damon_trace_heartbeat";
    public const string Relayed = "damon_trace_relayed";
    public const string Footprint = "damon_trace_footprint";
    public const string Estimates = "damon_trace_estimates";
    public const string Idle = "damon_trace_idle";
}
