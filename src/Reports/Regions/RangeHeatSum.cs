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

    /// <summary>Accesses belong to targets by their ids alone: of several kdamonds, to all that have the id.</summary>
    protected override void Take(in AccessEvent access)
    {
        if (access.Kind != AccessEventKind.Access)
        {
            return;
        }

        foreach ((TargetKey key, RangeHeat[] targets) in ranges)
        {
            if (key.TargetId == access.TargetId && Find(targets, access.Access.Address) is { } range)
            {
                range.Add(access.Access);
            }
        }
    }

    private static RangeHeat? Find(RangeHeat[] targets, ulong address)
    {
        int low = 0;
        int high = targets.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address >= targets[middle].Start && address < targets[middle].End)
            {
                return targets[middle];
            }

            (low, high) = address < targets[middle].Start ? (low, middle - 1) : (middle + 1, high);
        }

        return null;
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
