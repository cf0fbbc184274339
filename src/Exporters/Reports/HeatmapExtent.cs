using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>The first pass of a heatmap: which time and which addresses there are.</summary>
internal sealed class HeatmapExtent(HeatmapOptions options) : IRecordingSink
{
    /// <summary>Ten initial regions double at most with each aggregation: after ten of them they have adapted.</summary>
    private const int AdaptationSnapshots = 10;

    private readonly SnapshotMeter _meter = new(options.Known);
    private readonly Dictionary<TargetKey, HeatmapTarget> _targets = [];

    /// <summary>Targets in order of appearance.</summary>
    public List<HeatmapTarget> Targets { get; } = [];

    public TargetCatalog Catalog { get; } = new();

    public long FirstNs { get; private set; } = long.MaxValue;

    public long LastNs { get; private set; } = long.MinValue;

    /// <summary>Wall clock minus the recording's clock, the latest known.</summary>
    public long? WallOffsetNs { get; private set; }

    public RecordingEnd? End { get; private set; }

    public void OnTarget(TargetDescription target) => Catalog.Add(target);

    public void OnMapping(MappingDescription mapping) => Catalog.Add(mapping);

    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        FirstNs = Math.Min(FirstNs, _meter.BeginNs);
        LastNs = Math.Max(LastNs, _meter.EndNs);
        WallOffsetNs = snapshot.WallOffsetNs ?? WallOffsetNs;
        if (options.TargetId is { } only && snapshot.TargetId != only)
        {
            return;
        }

        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_targets.TryGetValue(key, out HeatmapTarget? target))
        {
            _targets.Add(key, target = new HeatmapTarget(key));
            Targets.Add(target);
        }

        target.HzKnown |= _meter.HzPerAccess is not null;
        target.MaxHz = Larger(target.MaxHz, _meter.MaxHz);
        target.LeastMaxHz = -Larger(-target.LeastMaxHz, -_meter.MaxHz);
        target.MaxAccesses = Larger(target.MaxAccesses, _meter.MaxAccesses);
        AddRanges(snapshot, target);
        target.Snapshots++;
    }

    public void OnEnd(RecordingEnd end) => End = end;

    private static double? Larger(double? a, double? b) => a is null || b > a ? b : a;

    private void AddRanges(Snapshot snapshot, HeatmapTarget target)
    {
        ulong from = options.FromAddress ?? 0;
        ulong to = options.ToAddress ?? ulong.MaxValue;
        RangeSet accessed = target.Snapshots < AdaptationSnapshots ? target.AccessedEarly : target.Accessed;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            ulong start = Math.Max(region.Start, from);
            ulong end = Math.Min(region.End, to);
            target.Monitored.Add(start, end);
            if (region.NrAccesses > 0)
            {
                accessed.Add(start, end);
            }
        }
    }
}
