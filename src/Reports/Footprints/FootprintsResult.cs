using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Footprints;

/// <summary>What <c>report footprint</c> says.</summary>
public sealed record FootprintsResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>Those with a reading.</summary>
    public required IReadOnlyList<FootprintsTarget> Targets { get; init; }
}

/// <summary>What memory one target holds, next to its working set.</summary>
public sealed record FootprintsTarget
{
    /// <summary>Index of the target in its context.</summary>
    public required ulong TargetId { get; init; }

    /// <summary>Process id; null where the recording does not say.</summary>
    public required int? Pid { get; init; }

    /// <summary>Its name; null where the recording does not say.</summary>
    public required string? Comm { get; init; }

    /// <summary>Its memory by what is known of it; null where the recording has no idle times.</summary>
    public required TargetMemory? Memory { get; init; }

    /// <summary>Number of readings of the footprint.</summary>
    public required int Readings { get; init; }

    /// <summary>Number of complete snapshots, each with a working set.</summary>
    public required int Snapshots { get; init; }

    /// <summary>Each column's own percentiles: a row is not one moment.</summary>
    public required IReadOnlyList<FootprintsPercentile> Percentiles { get; init; }

    /// <summary>Every reading; null unless asked for.</summary>
    public required IReadOnlyList<FootprintsPoint>? OverTime { get; init; }
}

/// <summary>So many per cent of the readings are not larger than this, by damo's rule; null where a size was never read.</summary>
public sealed record FootprintsPercentile(
    int Percentile, ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes, ulong? WssBytes);

/// <summary>
/// One reading of the footprint and the working set of the last complete snapshot before it; null where a size was not read.
/// </summary>
public sealed record FootprintsPoint(
    long TimeNs, long? WallTimeNs, ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes, ulong? WssBytes);
