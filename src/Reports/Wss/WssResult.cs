using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>What <c>report wss</c> says.</summary>
public sealed record WssResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>A region belongs to the working set from this nr_accesses on.</summary>
    public required uint ThresholdNrAccesses { get; init; }

    /// <summary>Microseconds that one working set is for; up to 1: every snapshot for itself.</summary>
    public required ulong WorkTimeUs { get; init; }

    /// <summary>Snapshots left out at the begin of all targets.</summary>
    public required long SkippedSnapshots { get; init; }

    /// <summary>Snapshots left out because events of them were lost.</summary>
    public required long LeftOutIncompleteSnapshots { get; init; }

    /// <summary>In order of appearance, or all together.</summary>
    public required IReadOnlyList<WssTarget> Targets { get; init; }
}

/// <summary>The working sets of one target, or of all together.</summary>
public sealed record WssTarget
{
    /// <summary>Null for all targets together.</summary>
    public required TargetIdentity? Target { get; init; }

    /// <summary>Number of working sets: of snapshots, or of what the work time joined.</summary>
    public required int WorkingSets { get; init; }

    /// <summary>Mean size; null without working sets.</summary>
    public required double? MeanBytes { get; init; }

    /// <summary>Those that were asked for; empty without working sets.</summary>
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

/// <summary>So many per cent of the working sets are not larger than this, by damo's rule.</summary>
public sealed record WssPercentile(int Percentile, ulong Bytes);

/// <summary>One working set.</summary>
/// <param name="EndNs">End of its (last) aggregation, nanoseconds of the recording's clock.</param>
/// <param name="WallEndNs">The same in nanoseconds since 1970 UTC, where known.</param>
/// <param name="Bytes">Its size.</param>
public sealed record WssPoint(long EndNs, long? WallEndNs, ulong Bytes);

/// <summary>What all samples say about the bytes touched in one sampling interval: without bias, whatever the regions are.</summary>
/// <param name="TouchedPerSampleBytes">Quartiles over the snapshots.</param>
/// <param name="LowBytes">Lower bound of the 95 % interval of the snapshot with the median.</param>
/// <param name="HighBytes">Upper bound of the same.</param>
/// <param name="UnknownBytes">Bytes of that snapshot about which nothing is known: they come on top of any bound.</param>
/// <param name="ResidentBytes">Memory held in that snapshot.</param>
public sealed record WssEstimate(
    WssQuartiles TouchedPerSampleBytes, ulong LowBytes, ulong HighBytes, ulong UnknownBytes, ulong ResidentBytes);

/// <summary>Percentiles by damo's rule.</summary>
public sealed record WssQuartiles(ulong P25, ulong P50, ulong P75);
