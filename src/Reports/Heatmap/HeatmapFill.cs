using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>The second pass of a heatmap: sums the snapshots into the grids.</summary>
internal sealed class HeatmapFill(HeatmapOptions options, Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids)
    : ReportPass(options)
{
    /// <summary>Sums what the first pass has held.</summary>
    public void Take(HeatmapTape tape)
    {
        foreach (TapeChunk chunk in tape.Chunks)
        {
            chunk.Replay((entry, snapshot) => Add(entry.Key, snapshot, entry.BeginNs, entry.EndNs, entry.MaxAccesses, entry.HzPerAccess));
        }
    }

    protected override void Take(Snapshot snapshot) => Add(
        new TargetKey(snapshot.KdamondTid, snapshot.TargetId), snapshot, Meter.BeginNs, Meter.EndNs, Meter.MaxAccesses, Meter.HzPerAccess);

    private void Add(TargetKey key, Snapshot snapshot, long beginNs, long endNs, double? maxAccesses, double? hzPerAccess)
    {
        // One unit a map: a snapshot whose number of checks nobody knows does not belong into a map of shares.
        if (grids.TryGetValue(key, out (HeatmapTarget Target, HeatmapGrid Grid) entry)
            && (entry.Target.MaxAccesses is null ? 1 : 1 / maxAccesses) is { } heat)
        {
            entry.Grid.Add(snapshot, beginNs, endNs, heat, hzPerAccess ?? 0);
        }
    }
}
