namespace Damon.Trace.Exporters.Reports.Wss;

/// <summary>The working sets of one target, or of all together.</summary>
internal sealed record WssTarget
{
    /// <summary>Null for all targets together.</summary>
    public required TargetIdentity? Target { get; init; }

    /// <summary>Number of working sets: of snapshots, or of what the work time joined.</summary>
    public required int WorkingSets { get; init; }

    public required double? MeanBytes { get; init; }

    public required IReadOnlyList<WssPercentile> Percentiles { get; init; }

    /// <summary>Every working set in order of time; null unless asked for.</summary>
    public required IReadOnlyList<WssPoint>? OverTime { get; init; }
}
