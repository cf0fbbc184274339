using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Reports.Html;

/// <summary>What the page shows of one target.</summary>
/// <param name="Target">Extent and limits of its heat.</param>
/// <param name="Levels">Its heatmap, from coarse to fine.</param>
/// <param name="Memory">Its working set.</param>
/// <param name="Ranges">The ranges of its last complete snapshot with their mean heat; empty when there is none.</param>
/// <param name="Names">What the rows of its finest level are called.</param>
/// <param name="Writes">Which share of the accesses to its cells writes; null where none were sampled.</param>
internal sealed record TargetReport(
    HeatmapTarget Target, MapLevel[] Levels, MemoryTime Memory, RangeHeat[] Ranges, RowNames Names, WriteMap? Writes)
{
    public TargetKey Key => Target.Key;

    public bool IsShare => Target.MaxAccesses is not null;
}
