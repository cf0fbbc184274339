using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>What a scheme has done until now. Immutable; a new one is made about twice a second.</summary>
public sealed record SchemeActivity
{
    /// <summary>The kernel's counters.</summary>
    public SchemeCounters Counters { get; init; }

    /// <summary>Bytes that the kernel was asked to act on; in a dry run, would have been.</summary>
    public ulong AskedBytes { get; init; }

    /// <summary>Bytes that were really acted on.</summary>
    public ulong AppliedBytes { get; init; }

    /// <summary>Bytes that were paged out and are back: they were not as cold as they looked.</summary>
    public ulong ReturnedBytes { get; init; }

    /// <summary>Bytes that matched and were not acted on, by reason; a region that matches again counts again.</summary>
    public IReadOnlyDictionary<SchemeRefusal, ulong> Refused { get; init; } = new Dictionary<SchemeRefusal, ulong>();

    /// <summary>Time spent in acting.</summary>
    public TimeSpan ActionTime { get; init; }

    /// <summary>What the quota allows in the current interval; null without one.</summary>
    public ulong? EffectiveBytes { get; init; }

    /// <summary>How idle memory must be since the brake was needed; zero when it was not.</summary>
    public TimeSpan LeastAge { get; init; }

    /// <summary>False while watermarks keep it off.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Why the kernel refuses to act on a process; null when it refuses none. The others are acted on.</summary>
    public string? Problem { get; init; }

    /// <summary>Processes that are not acted on for that reason.</summary>
    public int NrRefusingTargets { get; init; }
}
