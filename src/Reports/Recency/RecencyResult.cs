namespace Damon.Trace.Reports.Recency;

/// <summary>What <c>report recency</c> says.</summary>
public sealed record RecencyResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<RecencyTarget> Targets { get; init; }
}

/// <summary>How long the memory of one target has been idle.</summary>
public sealed record RecencyTarget
{
    /// <summary>Idle times of pages that were followed one by one.</summary>
    public const string FromPages = "pages";

    /// <summary>
    /// Idle times are ages of regions: averaged where regions were merged, and memory that was never populated is among them.
    /// </summary>
    public const string FromAges = "ages";

    /// <summary>Whose numbers they are.</summary>
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

/// <summary>Memory idle for at least so long.</summary>
/// <param name="IdleUs">Microseconds without access; 0 is all memory.</param>
/// <param name="BytesAtEnd">In the last complete snapshot.</param>
/// <param name="PercentAtEnd">Of the bytes of that snapshot.</param>
/// <param name="MeanBytes">Mean of the complete snapshots.</param>
public sealed record RecencyTail(ulong IdleUs, ulong BytesAtEnd, double PercentAtEnd, double MeanBytes)
{
    /// <summary>Lower bound of the 95 % interval of <see cref="BytesAtEnd"/>; null where idle times are ages of regions.</summary>
    public ulong? LowBytes { get; init; }

    /// <summary>Upper bound of the same.</summary>
    public ulong? HighBytes { get; init; }
}

/// <summary>
/// So many per cent of the bytes have not been idle for longer than this; 0 for what is being accessed, null for longer than is known.
/// </summary>
public sealed record RecencyPercentile(int Percentile, ulong? IdleUs);

/// <summary>The memory of one name.</summary>
/// <param name="Mapping">The name; null for what no known mapping has.</param>
/// <param name="TotalBytes">Monitored at the end.</param>
/// <param name="AccessedBytes">In regions accessed in the last aggregation.</param>
/// <param name="Tail">Bytes idle for at least so long, as in the target's tail.</param>
public sealed record RecencyMapping(string? Mapping, ulong TotalBytes, ulong AccessedBytes, IReadOnlyList<RecencyMappingTail> Tail)
{
    /// <summary>Bytes about which nothing is known: neither accessed nor idle; null where idle times are ages of regions.</summary>
    public ulong? UnknownBytes { get; init; }
}

/// <summary>Bytes of a mapping that have been idle for at least so many microseconds.</summary>
public sealed record RecencyMappingTail(ulong IdleUs, ulong Bytes);
