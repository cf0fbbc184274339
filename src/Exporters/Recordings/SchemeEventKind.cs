namespace Damon.Trace.Exporters.Recordings;

/// <summary>The kernel's tracepoints of schemes.</summary>
public enum SchemeEventKind : byte
{
    /// <summary><c>damos_before_apply</c>: a scheme is about to be applied to a region.</summary>
    BeforeApply,

    /// <summary><c>damos_esz</c>: the effective size quota of a scheme.</summary>
    EffectiveQuota,

    /// <summary><c>damos_stat_after_apply_interval</c>: the counters of a scheme at the end of its apply interval.</summary>
    Statistics,
}
