namespace Damon.Trace.Reports.Compare;

/// <summary>What of two recordings is compared.</summary>
public sealed record CompareOptions : ReportSelection
{
    /// <summary>Mappings and ranges in each list.</summary>
    public int Count { get; init; } = 10;
}
