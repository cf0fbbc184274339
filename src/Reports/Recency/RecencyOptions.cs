namespace Damon.Trace.Reports.Recency;

/// <summary>How idle time is shown.</summary>
public sealed record RecencyOptions : ReportSelection
{
    /// <summary>Mappings that are listed, those with most idle memory first.</summary>
    public int Mappings { get; init; } = 10;

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];
}
