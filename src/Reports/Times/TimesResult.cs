namespace Damon.Trace.Reports.Times;

/// <summary>What <c>report times</c> says.</summary>
internal sealed record TimesResult
{
    public required RecordingFacts Recording { get; init; }

    /// <summary>The pattern in words.</summary>
    public required string Pattern { get; init; }

    public required IReadOnlyList<TimesTarget> Targets { get; init; }
}
