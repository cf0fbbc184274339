namespace Damon.Trace.Tracer.Kernel;

/// <summary>The kernel's DAMON tracepoints that are listened to (include/trace/events/damon.h).</summary>
internal enum KernelEventKind : byte
{
    /// <summary>damon_aggregated, 5.15 on.</summary>
    Aggregated,

    /// <summary>damon_region_aggregated, 7.2 on: the same with the hits of the region's probes.</summary>
    RegionAggregated,

    /// <summary>damos_before_apply, 6.7 on.</summary>
    BeforeApply,

    /// <summary>damon_monitor_intervals_tune, 6.17 on.</summary>
    IntervalsTune,

    /// <summary>damos_esz, 6.17 on.</summary>
    EffectiveSize,

    /// <summary>damos_stat_after_apply_interval, 7.0 on.</summary>
    SchemeStatistics,
}
