namespace Damon.Trace.Reports.NrRegions;

/// <summary>How the numbers of regions are shown.</summary>
public sealed record NrRegionsOptions : ReportSelection
{
    /// <summary>First snapshots of each target to leave out. damo leaves out 20, in which regions still adapt.</summary>
    public int SkipSnapshots { get; init; }

    /// <summary>In order of time instead of by number.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];

    /// <summary>Width of the bar in characters.</summary>
    public int BarColumns { get; init; } = 30;
}
