namespace Damon.Trace.Reports.NrRegions;

/// <summary>What <c>report nr-regions</c> says.</summary>
public sealed record NrRegionsResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>Snapshots left out at the begin of all targets.</summary>
    public required long SkippedSnapshots { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<NrRegionsTarget> Targets { get; init; }
}

/// <summary>The numbers of regions of one target.</summary>
public sealed record NrRegionsTarget
{
    /// <summary>Whose numbers they are.</summary>
    public required TargetIdentity Target { get; init; }

    /// <summary>Snapshots counted.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Mean number of regions; null without snapshots.</summary>
    public required double? MeanNrRegions { get; init; }

    /// <summary>Those that were asked for; empty without snapshots.</summary>
    public required IReadOnlyList<NrRegionsPercentile> Percentiles { get; init; }

    /// <summary>Every snapshot in order of time; null unless asked for.</summary>
    public required IReadOnlyList<NrRegionsPoint>? OverTime { get; init; }
}

/// <summary>So many per cent of the snapshots do not have more regions than this, by damo's rule.</summary>
public sealed record NrRegionsPercentile(int Percentile, ulong NrRegions);

/// <summary>One snapshot: its end, in nanoseconds of the recording's clock and since 1970 UTC, and its number of regions.</summary>
public sealed record NrRegionsPoint(long EndNs, long? WallEndNs, ulong NrRegions);
