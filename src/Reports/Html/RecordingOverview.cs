using Damon.Trace.Events;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Regions;
using Damon.Trace.Reports.Schemes;
using Damon.Trace.Reports.Summary;

namespace Damon.Trace.Reports.Html;

/// <summary>The first pass of an HTML report: everything but the cells of the heatmaps and the mean heat of ranges.</summary>
internal sealed class RecordingOverview(HtmlOptions options) : IRecordingSink
{
    private readonly SnapshotMeter _meter = new(options.Known);

    public HeatmapExtent Extent { get; } = new(options.Select(new HeatmapOptions()));

    public LastSnapshots Last { get; } = new(options.Select(new RegionsOptions()));

    public MemoryTimes Times { get; } = new(options);

    public SummaryCounters Counters { get; } = new();

    public SchemesPass Schemes { get; } = new(options.Select(new SchemesOptions()));

    /// <summary>Accesses were sampled.</summary>
    public bool HasAccesses { get; private set; }

    /// <summary>Every configuration once.</summary>
    public List<ContextDescription> Contexts { get; } = [];

    /// <summary>What the user told of the intervals.</summary>
    public KnownIntervals Known => options.Known;

    public RecordingEnd End { get; private set; } = new(0, 0, 0, 0, null);

    public TargetCatalog Catalog => Extent.Catalog;

    /// <summary>Begin of what is shown, nanoseconds of the recording's clock.</summary>
    public long BeginNs => Extent.BeginNs;

    /// <summary>End of what is shown.</summary>
    public long EndNs => Extent.EndNs;

    /// <summary>Wall clock of <see cref="BeginNs"/> in nanoseconds since 1970 UTC, where known.</summary>
    public long? WallBeginNs => Extent.WallOffsetNs is { } offset ? unchecked(BeginNs + offset) : null;

    public void OnContext(ContextDescription context)
    {
        if (!Contexts.Contains(context))
        {
            Contexts.Add(context);
        }
    }

    public void OnTarget(TargetDescription target)
    {
        Extent.OnTarget(target);
        Times.OnTarget(target);
    }

    public void OnMapping(MappingDescription mapping)
    {
        Extent.OnMapping(mapping);
        Times.OnMapping(mapping);
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) => Counters.Tuned++;

    public void OnHeartbeat(in Heartbeat heartbeat) => Counters.Add(in heartbeat);

    public void OnFootprint(in Footprint footprint)
    {
        Counters.Add(in footprint);
        Times.OnFootprint(in footprint);
    }

    public void OnScheme(in SchemeEvent scheme) => Schemes.OnScheme(in scheme);

    public void OnAccess(in AccessEvent access) => HasAccesses |= access.Kind == AccessEventKind.Access;

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        Counters.Add(in idle, records, Catalog);
        Extent.OnIdle(in idle, records);
        Last.OnIdle(in idle, records);
        Times.OnIdle(in idle, records);
    }

    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        Counters.Add(snapshot, _meter);
        Extent.OnSnapshot(snapshot);
        Last.OnSnapshot(snapshot);
        Times.OnSnapshot(snapshot);
        Schemes.OnSnapshot(snapshot);
    }

    public void OnEnd(RecordingEnd end)
    {
        End = end;
        Extent.OnEnd(end);
        Last.OnEnd(end);
        Times.OnEnd(end);
        Schemes.OnEnd(end);
    }
}
