namespace Damon.Trace.Reports.Footprints;

/// <summary>What <c>report footprint</c> says.</summary>
internal sealed record FootprintsResult
{
    public required RecordingFacts Recording { get; init; }

    public required IReadOnlyList<FootprintsTarget> Targets { get; init; }
}
