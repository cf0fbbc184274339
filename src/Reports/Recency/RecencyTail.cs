namespace Damon.Trace.Reports.Recency;

/// <summary>Memory idle for at least so long.</summary>
/// <param name="IdleUs">Microseconds without access; 0 is all memory.</param>
/// <param name="BytesAtEnd">In the last complete snapshot.</param>
/// <param name="PercentAtEnd">Of the bytes of that snapshot.</param>
/// <param name="MeanBytes">Mean of the complete snapshots.</param>
internal sealed record RecencyTail(ulong IdleUs, ulong BytesAtEnd, double PercentAtEnd, double MeanBytes)
{
    /// <summary>Lower bound of the 95 % interval of <see cref="BytesAtEnd"/>; null where idle times are ages of regions.</summary>
    public ulong? LowBytes { get; init; }

    /// <summary>Upper bound of the same.</summary>
    public ulong? HighBytes { get; init; }
}
