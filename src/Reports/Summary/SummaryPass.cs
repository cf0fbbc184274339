using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.HugePages;

namespace Damon.Trace.Reports.Summary;

/// <summary>Collects what a summary says.</summary>
internal sealed class SummaryPass(SummaryOptions options) : ReportPass(options)
{
    private readonly List<ContextDescription> _contexts = [];
    private readonly Dictionary<ulong, Footprint> _footprints = [];

    public SummaryCounters Counters { get; } = new();

    /// <summary>Which small pages of huge ones were seen accessed, of a recording with accesses.</summary>
    public HugePagesPass HugePages { get; } = new(options);

    /// <summary>Every configuration once.</summary>
    public IReadOnlyList<ContextDescription> Contexts => _contexts;

    /// <summary>What the snapshots themselves tell, for recordings without a description; null when they tell nothing.</summary>
    public SummaryIntervals? SnapshotIntervals { get; private set; }

    public TargetSeries<SummaryTarget> Targets { get; } = new(() => new SummaryTarget());

    public RecordingEnd End { get; private set; } = new(0, 0, 0, 0, null);

    public override void OnContext(ContextDescription context)
    {
        // Repeated for late attachers; only changes are of interest.
        if (!_contexts.Contains(context))
        {
            _contexts.Add(context);
        }
    }

    public override void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) => Counters.Tuned++;

    public override void OnHeartbeat(in Heartbeat heartbeat) => Counters.Add(in heartbeat);

    public override void OnEnd(RecordingEnd end)
    {
        base.OnEnd(end);
        End = end;
    }

    /// <summary>The last reading of a target.</summary>
    public Footprint? FootprintOf(ulong targetId) => _footprints.TryGetValue(targetId, out Footprint footprint) ? footprint : null;

    protected override void Take(Snapshot snapshot)
    {
        Counters.Add(snapshot, Meter);
        if (snapshot is { SampleUs: { } sampleUs, AggrUs: { } aggrUs })
        {
            SnapshotIntervals = SummaryIntervals.Add(SnapshotIntervals, sampleUs, aggrUs);
        }

        Targets.Of(snapshot, Catalog).Add(snapshot, Meter);
    }

    protected override void Take(in Footprint footprint)
    {
        _footprints[footprint.TargetId] = footprint;
        Counters.Add(in footprint);
    }

    protected override void Take(in AccessEvent access) => HugePages.Add(in access);

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => Counters.Add(in idle, records, Catalog);
}
