using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.Regions;

/// <summary>The ranges of one target.</summary>
internal sealed record RegionsTarget
{
    public required TargetIdentity Target { get; init; }

    /// <summary>End of the snapshot the ranges and ages are of, nanoseconds of the recording's clock.</summary>
    public required long SnapshotEndNs { get; init; }

    /// <summary>Ranges of that snapshot.</summary>
    public required int NrRanges { get; init; }

    public required IReadOnlyList<RegionsList> Lists { get; init; }

    /// <summary>False when nobody knows the intervals: heat is then in samples per aggregation.</summary>
    [JsonIgnore]
    public bool HzKnown => Lists.Any(list => list.Ranges.Any(range => range.MeanHz is not null));
}
