using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Regions;

/// <summary>The second pass of the regions report: sums every snapshot into the ranges, weighted by area and time.</summary>
internal sealed class RangeHeatSum(
    RegionsOptions options, Dictionary<TargetKey, RangeHeat[]> ranges, IReadOnlySet<TargetKey> hzKnown) : ReportPass(options)
{
    /// <summary>Bound by regions + ranges, both in address order; no allocation.</summary>
    protected override void Take(Snapshot snapshot)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!ranges.TryGetValue(key, out RangeHeat[]? targets))
        {
            return;
        }

        // A lone snapshot whose length nobody knows still counts, as any one would.
        double seconds = Meter.WindowSeconds ?? Math.Max((Meter.EndNs - Meter.BeginNs) / 1e9, 1e-9);
        double? heatPerAccess = hzKnown.Contains(key) ? Meter.HzPerAccess : 1;
        if (heatPerAccess is { } heat)
        {
            Sum(snapshot, targets, seconds, heat, 1 / Meter.MaxAccesses ?? 0);
        }
    }

    private static void Sum(Snapshot snapshot, RangeHeat[] targets, double seconds, double heatPerAccess, double sharePerAccess)
    {
        int first = 0;
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions;
        ReadOnlySpan<RegionEstimateRecord> estimates = snapshot.Estimates;
        for (int r = 0; r < regions.Length; r++)
        {
            ref readonly RegionEvent region = ref regions[r];
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
                if (estimates.Length > 0 && weight > 0)
                {
                    targets[i].Add(in estimates[r], weight / (region.End - region.Start));
                }
            }
        }
    }
}
