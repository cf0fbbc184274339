using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>What a DAMON-based operation scheme (DAMOS) did or may do: one event of the kernel's tracepoints <c>damos_*</c>.</summary>
public struct SchemeEvent
{
    /// <summary>Which of the tracepoints.</summary>
    public SchemeEventKind Kind;

    /// <summary>Time of the event in nanoseconds of the recording's clock.</summary>
    public long TimestampNs;

    /// <summary>CPU on which the event was emitted; -1 where not known.</summary>
    public int Cpu;

    /// <summary>Name of the kdamond's thread.</summary>
    public string Kdamond;

    /// <summary>Its thread id.</summary>
    public int KdamondTid;

    /// <summary>Index of the context in its kdamond.</summary>
    public uint ContextIndex;

    /// <summary>Index of the scheme in its context.</summary>
    public uint SchemeIndex;

    /// <summary>Of <see cref="SchemeEventKind.BeforeApply"/>: the region; its TargetId is the event's target_idx.</summary>
    public DamonAggregated Region;

    /// <summary>Of <see cref="SchemeEventKind.EffectiveQuota"/>: bytes the scheme may be applied to in this quota interval (esz).</summary>
    public ulong EffectiveBytes;

    /// <summary>Of <see cref="SchemeEventKind.Statistics"/>.</summary>
    public SchemeStatistics Statistics;
}
