namespace Damon.Trace.Reports.NrRegions;

/// <summary>The numbers of regions of one target.</summary>
internal sealed record NrRegionsTarget
{
    public required TargetIdentity Target { get; init; }

    public required int Snapshots { get; init; }

    public required double? MeanNrRegions { get; init; }

    public required IReadOnlyList<NrRegionsPercentile> Percentiles { get; init; }

    /// <summary>Every snapshot in order of time; null unless asked for.</summary>
    public required IReadOnlyList<NrRegionsPoint>? OverTime { get; init; }
}
