using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>The second pass of a heatmap: sums the snapshots into the grids.</summary>
internal sealed class HeatmapFill(HeatmapOptions options, Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids)
    : IRecordingSink
{
    private readonly SnapshotMeter _meter = new(options.Known);

    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        if (!grids.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out (HeatmapTarget Target, HeatmapGrid Grid) entry))
        {
            return;
        }

        // One unit a map: a snapshot whose number of checks nobody knows does not belong into a map of shares.
        double? heatPerAccess = entry.Target.MaxAccesses is null ? 1 : 1 / _meter.MaxAccesses;
        if (heatPerAccess is { } heat)
        {
            entry.Grid.Add(snapshot, _meter.BeginNs, _meter.EndNs, heat);
        }
    }

    public void OnEnd(RecordingEnd end)
    {
    }
}
