using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Html;

/// <summary>Sums frequency and age of the snapshots into the levels; <see cref="HeatmapFill"/> does the shares.</summary>
internal sealed class MapLevelFill(KnownIntervals known, IReadOnlyDictionary<TargetKey, MapLevel[]> levels) : IRecordingSink
{
    private readonly SnapshotMeter _meter = new(known);

    /// <summary>The regions of a snapshot with their age in the place of nr_accesses, so that the same grid takes both.</summary>
    private readonly Snapshot _ages = new();

    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        if (!levels.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out MapLevel[]? targetLevels))
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
            if (_meter.HzPerAccess is { } hz)
            {
                level.Hz.Add(snapshot, _meter.BeginNs, _meter.EndNs, hz);
            }

            if (_meter.AgeSeconds is { } seconds)
            {
                level.Age.Add(_ages, _meter.BeginNs, _meter.EndNs, seconds);
            }
        }
    }

    public void OnEnd(RecordingEnd end)
    {
    }
}
