using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Html;

/// <summary>Sums the ages of the snapshots' regions into the levels; <see cref="HeatmapFill"/> does their heat.</summary>
internal sealed class AgeFill(ReportSelection selection, IReadOnlyDictionary<TargetKey, MapLevel[]> levels) : ReportPass(selection)
{
    /// <summary>The regions of a snapshot with their age in the place of nr_accesses, so that the same grid takes both.</summary>
    private readonly Snapshot _ages = new();

    protected override void Take(Snapshot snapshot)
    {
        if (Meter.AgeSeconds is not { } seconds
            || !levels.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out MapLevel[]? targetLevels))
        {
            return;
        }

        _ages.Clear();
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            _ages.Add(region with { NrAccesses = region.Age });
        }

        foreach (MapLevel level in targetLevels)
        {
            level.Age.Add(_ages, Meter.BeginNs, Meter.EndNs, seconds);
        }
    }
}
