using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>The second pass of the regions report: sums every snapshot into the ranges, weighted by area and time.</summary>
internal sealed class RangeHeatSum(RegionsOptions options, Dictionary<TargetKey, RangeHeat[]> ranges, IReadOnlySet<TargetKey> hzKnown)
    : IRecordingSink
{
    private readonly SnapshotMeter _meter = new(options.Known);

    /// <summary>Bound by regions + ranges, both in address order; no allocation.</summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!ranges.TryGetValue(key, out RangeHeat[]? targets))
        {
            return;
        }

        // A lone snapshot whose length nobody knows still counts, as any one would.
        double seconds = _meter.WindowSeconds ?? Math.Max((_meter.EndNs - _meter.BeginNs) / 1e9, 1e-9);
        double? heatPerAccess = hzKnown.Contains(key) ? _meter.HzPerAccess : 1;
        if (heatPerAccess is { } heat)
        {
            Sum(snapshot, targets, seconds, heat, 1 / _meter.MaxAccesses ?? 0);
        }
    }

    public void OnEnd(RecordingEnd end)
    {
    }

    private static void Sum(Snapshot snapshot, RangeHeat[] targets, double seconds, double heatPerAccess, double sharePerAccess)
    {
        int first = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            while (first < targets.Length && targets[first].End <= region.Start)
            {
                first++;
            }

            for (int i = first; i < targets.Length && targets[i].Start < region.End; i++)
            {
                ulong start = Math.Max(region.Start, targets[i].Start);
                ulong end = Math.Min(region.End, targets[i].End);
                double weight = end > start ? (end - start) * seconds : 0;
                targets[i].WeightSum += weight;
                targets[i].HeatSum += weight * region.NrAccesses * heatPerAccess;
                targets[i].ShareSum += weight * region.NrAccesses * sharePerAccess;
            }
        }
    }
}
