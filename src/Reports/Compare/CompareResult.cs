namespace Damon.Trace.Reports.Compare;

/// <summary>What <c>report compare</c> says. A is before, B is after.</summary>
internal sealed record CompareResult
{
    public required RecordingFacts A { get; init; }

    public required RecordingFacts B { get; init; }

    /// <summary>By target_id.</summary>
    public required IReadOnlyList<CompareTarget> Targets { get; init; }
}
