using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>The working sets of one target, or of all together.</summary>
internal sealed record WssTarget
{
    /// <summary>Null for all targets together.</summary>
    public required TargetIdentity? Target { get; init; }

    /// <summary>Number of working sets: of snapshots, or of what the work time joined.</summary>
    public required int WorkingSets { get; init; }

    public required double? MeanBytes { get; init; }

    public required IReadOnlyList<WssPercentile> Percentiles { get; init; }

    /// <summary>Bytes touched in one sampling interval; null where the recording does not estimate them.</summary>
    public required WssEstimate? Estimate { get; init; }

    /// <summary>Bytes touched within longer times, median of the looks; empty where the recording has no idle times.</summary>
    public required IReadOnlyList<WithinTime> Within { get; init; }

    /// <summary>The same within the work time that was asked for; null where that is not known.</summary>
    public required WithinTime? WithinWorkTime { get; init; }

    /// <summary>Every working set in order of time; null unless asked for.</summary>
    public required IReadOnlyList<WssPoint>? OverTime { get; init; }
}
