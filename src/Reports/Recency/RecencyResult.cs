namespace Damon.Trace.Reports.Recency;

/// <summary>What <c>report recency</c> says.</summary>
internal sealed record RecencyResult
{
    public required RecordingFacts Recording { get; init; }

    public required IReadOnlyList<RecencyTarget> Targets { get; init; }
}
