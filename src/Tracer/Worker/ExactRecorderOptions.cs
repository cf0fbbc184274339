namespace Damon.Trace.Tracer.Worker;

/// <summary>What an exact recording is asked to do.</summary>
public sealed record ExactRecorderOptions
{
    /// <summary>Length of a window, and so the aggregation and the sampling interval, in microseconds; greater than 0.</summary>
    public ulong WindowUs { get; init; } = 1_000_000;

    /// <summary>
    /// Regions of a snapshot at most, 3 or more; neighbours are joined beyond that. Memory: 200 bytes for each, and 32 KB per GB of target for the
    /// pages themselves.
    /// </summary>
    public uint MaxNrRegions { get; init; } = 100_000;

    /// <summary>Operations set, for the descriptions: <c>vaddr</c> or <c>fvaddr</c>.</summary>
    public string Operations { get; init; } = "vaddr";
}
