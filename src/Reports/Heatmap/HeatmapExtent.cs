using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>The first pass of a heatmap: which time and which addresses there are.</summary>
internal sealed class HeatmapExtent : ReportPass
{
    /// <summary>Ten initial regions double at most with each aggregation: after ten of them they have adapted.</summary>
    private const int AdaptationSnapshots = 10;

    private readonly HeatmapOptions _options;
    private readonly Dictionary<TargetKey, HeatmapTarget> _targets = [];

    public HeatmapExtent(HeatmapOptions options)
        : base(options) => _options = options;

    /// <summary>Holds the snapshots where the second pass is to be spared.</summary>
    public HeatmapTape? Tape { get; init; }

    /// <summary>Targets in order of appearance.</summary>
    public List<HeatmapTarget> Targets { get; } = [];

    /// <summary>Begin of the recording, nanoseconds of its clock.</summary>
    public long FirstNs => Facts.OriginNs ?? long.MaxValue;

    /// <summary>End of the last snapshot that was selected.</summary>
    public long LastNs => Facts.EndNs ?? long.MinValue;

    /// <summary>Begin of the time to draw: of the time range, or of what was selected.</summary>
    public long BeginNs => Math.Max(
        Facts.BeginNs ?? long.MaxValue, Latest(FirstNs + _options.FromNs, _options.FromWallNs - WallOffsetNs) ?? long.MinValue);

    /// <summary>End of the time to draw.</summary>
    public long EndNs => Math.Min(LastNs, Earliest(FirstNs + _options.ToNs, _options.ToWallNs - WallOffsetNs) ?? long.MaxValue);

    /// <summary>Wall clock minus the recording's clock, the latest known.</summary>
    public new long? WallOffsetNs => base.WallOffsetNs;

    public RecordingEnd? End { get; private set; }

    public override void OnEnd(RecordingEnd end)
    {
        base.OnEnd(end);
        End = end;
    }

    protected override void Take(Snapshot snapshot)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_targets.TryGetValue(key, out HeatmapTarget? target))
        {
            _targets.Add(key, target = new HeatmapTarget(key) { Identity = Catalog.Identify(snapshot) });
            Targets.Add(target);
        }

        target.HzKnown |= Meter.HzPerAccess is not null;
        target.MaxHz = Larger(target.MaxHz, Meter.MaxHz);
        target.LeastMaxHz = -Larger(-target.LeastMaxHz, -Meter.MaxHz);
        target.MaxAccesses = Larger(target.MaxAccesses, Meter.MaxAccesses);
        AddRanges(snapshot, target);
        Tape?.Add(snapshot, Meter);
        target.Snapshots++;
    }

    private static long? Latest(long? a, long? b) => a is null || b > a ? b : a;

    private static long? Earliest(long? a, long? b) => a is null || b < a ? b : a;

    private static double? Larger(double? a, double? b) => a is null || b > a ? b : a;

    private void AddRanges(Snapshot snapshot, HeatmapTarget target)
    {
        ulong from = _options.FromAddress ?? 0;
        ulong to = _options.ToAddress ?? ulong.MaxValue;
        RangeSet accessed = target.Snapshots < AdaptationSnapshots ? target.AccessedEarly : target.Accessed;
        ReadOnlySpan<RegionEstimateRecord> estimates = snapshot.Estimates;
        for (int i = 0; i < snapshot.Count; i++)
        {
            ref readonly RegionEvent region = ref snapshot.Regions[i];
            ulong start = Math.Max(region.Start, from);
            ulong end = Math.Min(region.End, to);
            target.Monitored.Add(start, end);
            if (region.NrAccesses > 0)
            {
                accessed.Add(start, end);
            }
            else if (estimates.Length > 0 && estimates[i].UnknownPages > estimates[i].ResidentPages / 2)
            {
                target.Unknown.Add(start, end);
            }
        }
    }
}
