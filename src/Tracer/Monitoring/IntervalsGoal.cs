namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What the intervals auto-tuning aims at: the sampling interval becomes as long as needed for the observed accesses to be the given
/// share of all accesses the samples could have seen. The aggregation interval follows, so that their ratio stays.
/// </summary>
public sealed record IntervalsGoal
{
    /// <summary>Wanted share of positive samples, weighted by size, in basis points (400 = 4 %).</summary>
    public uint AccessBp { get; init; } = 400;

    /// <summary>Aggregations between two adjustments; 0 switches the auto-tuning off.</summary>
    public uint Aggrs { get; init; } = 3;

    /// <summary>Shortest sampling interval allowed, in microseconds.</summary>
    public ulong MinSampleUs { get; init; } = 5_000;

    /// <summary>Longest sampling interval allowed, in microseconds.</summary>
    public ulong MaxSampleUs { get; init; } = 10_000_000;
}
