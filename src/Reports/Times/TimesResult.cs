namespace Damon.Trace.Reports.Times;

/// <summary>What <c>report times</c> says.</summary>
public sealed record TimesResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>The pattern in words.</summary>
    public required string Pattern { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<TimesTarget> Targets { get; init; }
}

/// <summary>When regions of one target matched.</summary>
public sealed record TimesTarget
{
    /// <summary>Whose numbers they are.</summary>
    public required TargetIdentity Target { get; init; }

    /// <summary>Snapshots looked at.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Of these, how many had a region that matched.</summary>
    public required long MatchingSnapshots { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<TimesInterval> Intervals { get; init; }
}

/// <summary>A stretch of time in which every snapshot had a region that matched.</summary>
public sealed record TimesInterval
{
    /// <summary>Begin of its first snapshot, nanoseconds of the recording's clock.</summary>
    public required long BeginNs { get; init; }

    /// <summary>End of its last snapshot.</summary>
    public required long EndNs { get; init; }

    /// <summary>The same in nanoseconds since 1970 UTC; null without wall clock.</summary>
    public required long? WallBeginNs { get; init; }

    /// <summary>See <see cref="WallBeginNs"/>.</summary>
    public required long? WallEndNs { get; init; }

    /// <summary>Number of snapshots.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Bytes that matched, mean of the snapshots.</summary>
    public required double MeanBytes { get; init; }

    /// <summary>Bytes that matched, most in a snapshot.</summary>
    public required ulong MaxBytes { get; init; }
}
