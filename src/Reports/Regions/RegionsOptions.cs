namespace Damon.Trace.Reports.Regions;

/// <summary>Which ranges are listed.</summary>
public sealed record RegionsOptions : ReportSelection
{
    /// <summary>Ranges in each list.</summary>
    public int Count { get; init; } = 10;

    /// <summary>The lists.</summary>
    public IReadOnlyList<RegionOrder> Orders { get; init; } = [RegionOrder.Hottest, RegionOrder.Coldest];
}
