namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>How much a scheme may do in each reset interval (struct damos_quota). Nothing set: as much as matches.</summary>
public sealed record SchemeQuota
{
    /// <summary>Milliseconds of action; 0 for no bound. Turned into bytes by the throughput seen so far.</summary>
    public ulong TimeMs { get; init; }

    /// <summary>Bytes; 0 for no bound.</summary>
    public ulong SizeBytes { get; init; }

    /// <summary>Milliseconds after which it may do as much again.</summary>
    public ulong ResetIntervalMs { get; init; } = 1_000;

    /// <summary>What goes first when not everything may.</summary>
    public PriorityWeights Weights { get; init; }

    /// <summary>Bytes are tuned until the goal nearest to being met, or most exceeded, is met.</summary>
    public IReadOnlyList<QuotaGoal> Goals { get; init; } = [];

    /// <summary>How they are tuned.</summary>
    public QuotaTuner Tuner { get; init; }

    /// <summary>Bytes that tuning begins with; 0 for one byte as in the kernel, from which it takes 20 intervals to a MiB.</summary>
    public ulong StartBytes { get; init; }

    /// <summary>True when something is bounded.</summary>
    public bool IsSet => TimeMs > 0 || SizeBytes > 0 || Goals.Count > 0;
}
