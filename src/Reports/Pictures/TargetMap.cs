using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Pictures;

/// <summary>One target's heat over time and address, ready to be drawn.</summary>
/// <param name="Target">What the first pass learnt.</param>
/// <param name="Grid">Share of samples found accessed, or accesses per aggregation where the number of checks is unknown.</param>
internal sealed record TargetMap(HeatmapTarget Target, HeatmapGrid Grid)
{
    /// <summary>Whether heat is a share of samples; else it is samples per aggregation.</summary>
    public bool IsShare => Target.MaxAccesses is not null;
}
