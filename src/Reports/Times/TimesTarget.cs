namespace Damon.Trace.Reports.Times;

/// <summary>When regions of one target matched.</summary>
internal sealed record TimesTarget
{
    public required TargetIdentity Target { get; init; }

    /// <summary>Snapshots looked at.</summary>
    public required long Snapshots { get; init; }

    /// <summary>Of these, how many had a region that matched.</summary>
    public required long MatchingSnapshots { get; init; }

    public required IReadOnlyList<TimesInterval> Intervals { get; init; }
}
