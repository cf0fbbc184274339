namespace Damon.Trace.Reports.Regions;

/// <summary>What <c>report regions</c> says.</summary>
internal sealed record RegionsResult
{
    public required RecordingFacts Recording { get; init; }

    public required IReadOnlyList<RegionsTarget> Targets { get; init; }
}
