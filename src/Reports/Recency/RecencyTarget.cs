namespace Damon.Trace.Reports.Recency;

/// <summary>How long the memory of one target has been idle.</summary>
internal sealed record RecencyTarget
{
    /// <summary>Idle times of pages that were followed one by one.</summary>
    public const string FromPages = "pages";

    /// <summary>
    /// Idle times are ages of regions: averaged where regions were merged, and memory that was never populated is among them.
    /// </summary>
    public const string FromAges = "ages";

    public required TargetIdentity Target { get; init; }

    /// <summary>Where idle times come from: <c>pages</c> or <c>ages</c>.</summary>
    public string Source { get; init; } = FromAges;

    /// <summary>Resident bytes about which nothing is known: in no row of the tail but the first; null where ages do not tell.</summary>
    public ulong? UnknownBytes { get; init; }

    /// <summary>Mapped without memory behind it, in no row of the tail; null where that is not known.</summary>
    public ulong? NotPopulatedBytes { get; init; }

    /// <summary>Complete snapshots, or looks at pages, the means are of.</summary>
    public required int Snapshots { get; init; }

    /// <summary>End of the last complete snapshot, or the latest look, nanoseconds of the recording's clock.</summary>
    public required long SnapshotEndNs { get; init; }

    /// <summary>Monitored bytes of that snapshot; resident bytes where pages were followed.</summary>
    public required ulong TotalBytes { get; init; }

    /// <summary>Over the bytes of the last complete snapshot.</summary>
    public required IReadOnlyList<RecencyPercentile> Percentiles { get; init; }

    /// <summary>How much has been idle for at least so long, up to the longest idle time.</summary>
    public required IReadOnlyList<RecencyTail> Tail { get; init; }

    /// <summary>What that memory is, at the end.</summary>
    public required IReadOnlyList<RecencyMapping> Mappings { get; init; }
}
