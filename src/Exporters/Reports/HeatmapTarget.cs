namespace Damon.Trace.Exporters.Reports;

/// <summary>What the first pass learns about a target.</summary>
internal sealed class HeatmapTarget(TargetKey key)
{
    /// <summary>Fragments beyond this are joined over their smallest gaps: finer than any screen.</summary>
    private const int MaxRanges = 4096;

    public TargetKey Key { get; } = key;

    public RangeSet Accessed { get; } = new(MaxRanges);

    public RangeSet Monitored { get; } = new(MaxRanges);

    public bool HzKnown { get; set; }

    public double? MaxHz { get; set; }

    public double? MaxAccesses { get; set; }
}
