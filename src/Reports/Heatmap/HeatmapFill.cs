using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>The second pass of a heatmap: sums the snapshots into the grids.</summary>
internal sealed class HeatmapFill(HeatmapOptions options, Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids)
    : ReportPass(options)
{
    protected override void Take(Snapshot snapshot)
    {
        if (!grids.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out (HeatmapTarget Target, HeatmapGrid Grid) entry))
        {
            return;
        }

        // One unit a map: a snapshot whose number of checks nobody knows does not belong into a map of shares.
        double? heatPerAccess = entry.Target.MaxAccesses is null ? 1 : 1 / Meter.MaxAccesses;
        if (heatPerAccess is { } heat)
        {
            entry.Grid.Add(snapshot, Meter.BeginNs, Meter.EndNs, heat, Meter.HzPerAccess ?? 0);
        }
    }
}
