namespace Damon.Trace.Reports.Regions;

/// <summary>What <c>report regions</c> says.</summary>
public sealed record RegionsResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<RegionsTarget> Targets { get; init; }
}

/// <summary>The ranges of one target.</summary>
public sealed record RegionsTarget
{
    /// <summary>Whose numbers they are.</summary>
    public required TargetIdentity Target { get; init; }

    /// <summary>End of the snapshot the ranges and ages are of, nanoseconds of the recording's clock.</summary>
    public required long SnapshotEndNs { get; init; }

    /// <summary>Ranges of that snapshot.</summary>
    public required int NrRanges { get; init; }

    /// <summary>One for each order that was asked for.</summary>
    public required IReadOnlyList<RegionsList> Lists { get; init; }

    /// <summary>False when nobody knows the intervals: heat is then in samples per aggregation.</summary>
    internal bool HzKnown => Lists.Any(list => list.Ranges.Any(range => range.MeanHz is not null));
}

/// <summary>The first ranges in one order.</summary>
/// <param name="Order"><c>hottest</c>, <c>coldest</c>, <c>oldest</c> or <c>temperature</c>.</param>
/// <param name="Ranges">The ranges.</param>
public sealed record RegionsList(string Order, IReadOnlyList<RegionsRange> Ranges);

/// <summary>A range of the last complete snapshot and what the recording says about it.</summary>
public sealed record RegionsRange
{
    /// <summary>First byte.</summary>
    public required ulong Start { get; init; }

    /// <summary>First byte after it.</summary>
    public required ulong End { get; init; }

    /// <summary>End - Start.</summary>
    public required ulong SizeBytes { get; init; }

    /// <summary>Mean over the time and the area it was monitored; null when nobody knows the intervals.</summary>
    public required double? MeanHz { get; init; }

    /// <summary>Mean per cent of the samples that found it accessed; null when nobody knows the number of checks.</summary>
    public required double? MeanPercent { get; init; }

    /// <summary>Mean samples found accessed per aggregation, where Hz is not known.</summary>
    public required double? MeanNrAccesses { get; init; }

    /// <summary>Samples of the last aggregation that found it accessed.</summary>
    public required uint LastNrAccesses { get; init; }

    /// <summary>Memory it holds at the end; null where the recording does not tell.</summary>
    public required ulong? ResidentBytes { get; init; }

    /// <summary>Of these, bytes about which nothing is known.</summary>
    public required ulong? UnknownBytes { get; init; }

    /// <summary>
    /// Mean per cent of its known memory that was touched in a sampling interval: the heat of what is there, whatever the region's size;
    /// null where nothing is known.
    /// </summary>
    public required double? MeanTouchedPercent { get; init; }

    /// <summary>Accesses to it that were sampled (<c>record --rw</c>, <c>--who</c>); null for none.</summary>
    public required long? SampledAccesses { get; init; }

    /// <summary>Share of these that write, 0 to 1; null where it is not known.</summary>
    public required double? WriteShare { get; init; }

    /// <summary>Lower bound of its 95 % interval; null where it is not known.</summary>
    public required double? WriteShareLow { get; init; }

    /// <summary>Upper bound of its 95 % interval; null where it is not known.</summary>
    public required double? WriteShareHigh { get; init; }

    /// <summary>Why it has no heat: <c>no memory</c> or <c>unknown</c>; null where it has.</summary>
    internal string? State => this switch
    {
        { ResidentBytes: 0 } => "no memory",
        { ResidentBytes: { } resident, UnknownBytes: { } unknown } when unknown >= resident => "unknown",
        _ => null,
    };

    /// <summary>For how many aggregation intervals its access frequency has been about the same.</summary>
    public required uint AgeIntervals { get; init; }

    /// <summary>The same in microseconds; null when nobody knows the intervals.</summary>
    public required ulong? AgeUs { get; init; }

    /// <summary>Since when, nanoseconds of the recording's clock.</summary>
    public required long? SinceNs { get; init; }

    /// <summary>Since when, nanoseconds since 1970 UTC.</summary>
    public required long? SinceWallNs { get; init; }

    /// <summary>damo's, with its default weights; null where per cent or age are not known.</summary>
    public required double? Temperature { get; init; }

    /// <summary>Four letters of the mapping that has most of it; null when no mapping is known.</summary>
    public required string? Permissions { get; init; }

    /// <summary>Of the mapping that has most of it.</summary>
    public required string? Mapping { get; init; }

    /// <summary>Other mappings it touches.</summary>
    public required int OtherMappings { get; init; }

    /// <summary>What the target keeps in the mapping that has most of it, which <see cref="Mapping"/> ends with; empty where nobody told.</summary>
    public string Label { get; init; } = "";
}
