namespace Damon.Trace.Reports.Footprints;

/// <summary>How footprints are shown.</summary>
public sealed record FootprintsOptions : ReportSelection
{
    /// <summary>Every reading in order of time instead of percentiles.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];
}
