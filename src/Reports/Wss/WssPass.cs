using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>Sums up the working sets of a recording.</summary>
internal sealed class WssPass : ReportPass
{
    private readonly WssOptions _options;
    private readonly MeanIntervals? _intervals;
    private readonly TargetSeries<WorkTime> _work;
    private readonly TargetSeries<Progress> _progress = new(() => new Progress());

    public WssPass(WssOptions options, MeanIntervals? intervals)
        : base(options)
    {
        _options = options;
        _intervals = intervals;
        _work = new(() => new WorkTime(options.WorkTimeUs));
        Targets = new(() => new WssSeries(options.OverTime));
    }

    public TargetSeries<WssSeries> Targets { get; }

    public IdleTargets Idle { get; } = new();

    public long Incomplete { get; private set; }

    public long Skipped { get; private set; }

    protected override void Take(Snapshot snapshot)
    {
        WssSeries series = Targets.Of(snapshot, Catalog);
        Progress progress = _progress.Of(snapshot, Catalog);
        double endNs = MeanIntervals.EndOf(snapshot);
        double beginNs = snapshot.BeginNs ?? progress.EndNs ?? endNs - (_intervals?.Of(snapshot) ?? 0);
        progress.EndNs = endNs;
        progress.Snapshots++;
        if (progress.Snapshots <= _options.SkipSnapshots)
        {
            Skipped++;
        }
        else if (!snapshot.Complete)
        {
            Incomplete++;
        }
        else
        {
            Add(snapshot, series, beginNs, endNs);
        }
    }

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => Idle.Add(in idle, records, Catalog);

    private void Add(Snapshot snapshot, WssSeries series, double beginNs, double endNs)
    {
        if (snapshot.Memory is { } memory)
        {
            series.AddEstimate(in memory);
        }

        if (_options.WorkTimeUs <= 1)
        {
            series.Add(Meter.EndNs, WorkingSet.SizeOf(snapshot, _options.AccessThreshold));
        }
        else
        {
            WorkTime work = _work.Of(snapshot, Catalog);
            if (work.Add(snapshot, beginNs, endNs))
            {
                series.Add(Meter.EndNs, work.SizeOf(_options.AccessThreshold));
            }
        }
    }

    private sealed class Progress
    {
        public int Snapshots;
        public double? EndNs;
    }
}
