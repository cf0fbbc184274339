namespace Damon.Trace.Reports.Limit;

/// <summary>What <c>report limit</c> says.</summary>
public sealed record LimitResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>Time to bring one page back, in microseconds.</summary>
    public required double LatencyUs { get; init; }

    /// <summary>Share of one CPU's time that waiting for pages may take by the advice.</summary>
    public required double MaxLoss { get; init; }

    /// <summary>All targets as one service; null where there is one target.</summary>
    public required LimitScope? Total { get; init; }

    /// <summary>In order of appearance.</summary>
    public required IReadOnlyList<LimitScope> Targets { get; init; }
}

/// <summary>One target, or all of them together.</summary>
public sealed record LimitScope
{
    /// <summary>Whose memory; null for all targets together.</summary>
    public required TargetIdentity? Target { get; init; }

    /// <summary>Looks at pages, about one a second.</summary>
    public required int Looks { get; init; }

    /// <summary>From the first to the last of them.</summary>
    public required double Seconds { get; init; }

    /// <summary>Memory held, mean of the looks.</summary>
    public required ulong ResidentBytes { get; init; }

    /// <summary>Of it memory of which nothing is known: every limit must hold it.</summary>
    public required ulong UnknownBytes { get; init; }

    /// <summary>Of the total: by how much the sum over the targets is larger, because they map the same memory; 0 for a target.</summary>
    public required ulong CountedOnceBytes { get; init; }

    /// <summary>Candidates, largest first.</summary>
    public required IReadOnlyList<LimitRow> Rows { get; init; }

    /// <summary>The one to set; null where the recording says nothing about any.</summary>
    public required LimitAdvice? Advice { get; init; }
}

/// <summary>One candidate.</summary>
/// <param name="LimitBytes">The limit: what it holds on average.</param>
/// <param name="PeakBytes">What is needed to hold the same in 95 % of the looks, with the upper end of its interval.</param>
/// <param name="IdleSeconds">What has been idle for longer leaves.</param>
/// <param name="LeavingBytes">How much that is.</param>
/// <param name="Refaults">Pages a second that come back.</param>
/// <param name="LowRefaults">Lower end of their range.</param>
/// <param name="HighRefaults">Upper end; null where the recording cannot tell.</param>
/// <param name="LossShare">Time for them, as a share of one CPU's time; 1 and more: it cannot keep up.</param>
/// <param name="HighLossShare">Upper end; null where the recording cannot tell.</param>
/// <param name="IsAskedFor">Somebody has asked for this limit.</param>
public sealed record LimitRow(
    ulong LimitBytes, ulong PeakBytes, double IdleSeconds, ulong LeavingBytes, double Refaults, double LowRefaults, double? HighRefaults,
    double LossShare, double? HighLossShare, bool IsAskedFor);

/// <summary>The limit to set.</summary>
/// <param name="LimitBytes">In bytes.</param>
/// <param name="Row">The candidate it stands for.</param>
/// <param name="Below">The next smaller candidate, which costs too much; null where there is none.</param>
/// <param name="SavedBytes">What is held now less the limit; 0 where nothing would be saved.</param>
public sealed record LimitAdvice(ulong LimitBytes, LimitRow Row, LimitRow? Below, ulong SavedBytes);
