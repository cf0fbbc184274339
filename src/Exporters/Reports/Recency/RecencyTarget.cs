namespace Damon.Trace.Exporters.Reports.Recency;

/// <summary>How long the memory of one target has been idle.</summary>
internal sealed record RecencyTarget
{
    public required TargetIdentity Target { get; init; }

    /// <summary>Complete snapshots the means are of.</summary>
    public required int Snapshots { get; init; }

    /// <summary>End of the last complete snapshot, nanoseconds of the recording's clock.</summary>
    public required long SnapshotEndNs { get; init; }

    /// <summary>Monitored bytes of that snapshot.</summary>
    public required ulong TotalBytes { get; init; }

    /// <summary>Over the bytes of the last complete snapshot.</summary>
    public required IReadOnlyList<RecencyPercentile> Percentiles { get; init; }

    /// <summary>How much has been idle for at least so long, up to the longest idle time.</summary>
    public required IReadOnlyList<RecencyTail> Tail { get; init; }

    /// <summary>What that memory is, at the end.</summary>
    public required IReadOnlyList<RecencyMapping> Mappings { get; init; }
}
