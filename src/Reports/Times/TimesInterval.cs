namespace Damon.Trace.Reports.Times;

/// <summary>A stretch of time in which every snapshot had a region that matched.</summary>
internal sealed record TimesInterval
{
    public required long BeginNs { get; init; }

    public required long EndNs { get; init; }

    public required long? WallBeginNs { get; init; }

    public required long? WallEndNs { get; init; }

    public required long Snapshots { get; init; }

    /// <summary>Bytes that matched, mean of the snapshots.</summary>
    public required double MeanBytes { get; init; }

    /// <summary>Bytes that matched, most in a snapshot.</summary>
    public required ulong MaxBytes { get; init; }
}
