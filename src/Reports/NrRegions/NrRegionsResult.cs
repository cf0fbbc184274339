namespace Damon.Trace.Reports.NrRegions;

/// <summary>What <c>report nr-regions</c> says.</summary>
internal sealed record NrRegionsResult
{
    public required RecordingFacts Recording { get; init; }

    /// <summary>Snapshots left out at the begin of all targets.</summary>
    public required long SkippedSnapshots { get; init; }

    public required IReadOnlyList<NrRegionsTarget> Targets { get; init; }
}
