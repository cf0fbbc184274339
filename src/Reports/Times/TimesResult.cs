namespace Damon.Trace.Reports.Times;

/// <summary>What <c>report times</c> says.</summary>
public sealed record TimesResult
{
    public required RecordingFacts Recording { get; init; }

    /// <summary>The pattern in words.</summary>
    public required string Pattern { get; init; }

    public required IReadOnlyList<TimesTarget> Targets { get; init; }
}

/// <summary>When regions of one target matched.</summary>
public sealed record TimesTarget
{
    public required TargetIdentity Target { get; init; }

    /// <summary>Snapshots looked at.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Of these, how many had a region that matched.</summary>
    public required long MatchingSnapshots { get; init; }

    public required IReadOnlyList<TimesInterval> Intervals { get; init; }
}

/// <summary>A stretch of time in which every snapshot had a region that matched.</summary>
public sealed record TimesInterval
{
    public required long BeginNs { get; init; }

    public required long EndNs { get; init; }

    public required long? WallBeginNs { get; init; }

    public required long? WallEndNs { get; init; }

    public required long Snapshots { get; init; }

    /// <summary>Bytes that matched, mean of the snapshots.</summary>
    public required double MeanBytes { get; init; }

    /// <summary>Bytes that matched, most in a snapshot.</summary>
    public required ulong MaxBytes { get; init; }
}
