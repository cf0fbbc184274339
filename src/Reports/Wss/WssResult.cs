namespace Damon.Trace.Reports.Wss;

/// <summary>What <c>report wss</c> says.</summary>
internal sealed record WssResult
{
    public required RecordingFacts Recording { get; init; }

    /// <summary>A region belongs to the working set from this nr_accesses on.</summary>
    public required uint ThresholdNrAccesses { get; init; }

    public required ulong WorkTimeUs { get; init; }

    /// <summary>Snapshots left out at the begin of all targets.</summary>
    public required long SkippedSnapshots { get; init; }

    /// <summary>Snapshots left out because events of them were lost.</summary>
    public required long LeftOutIncompleteSnapshots { get; init; }

    public required IReadOnlyList<WssTarget> Targets { get; init; }
}
