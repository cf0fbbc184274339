using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Turns what the context produces into the stream's events: each snapshot with its facts, and descriptions before the snapshots they
/// describe, again whenever something changed or a session attached. Runs on the kdamond only.
/// </summary>
internal sealed class AggregationReporter : IAggregationObserver
{
    private readonly ISnapshotObserver _observer;
    private readonly DescribedContext _context;
    private readonly SamplingWindows _windows;
    private readonly RegionEstimates _estimates = new();
    private readonly Dictionary<ulong, DescribedTarget> _targets = [];
    private bool _aggregated;
    private ulong _aggregation;

    internal AggregationReporter(KdamondOptions options, ISnapshotObserver observer, RecorderCounters counters, SamplingWindows windows)
    {
        Counters = counters;
        _observer = observer;
        _context = new DescribedContext(observer, $"kdamond.{options.Index}", options.Operations, options.AccessCheck);
        _windows = windows;
    }

    internal RecorderCounters Counters { get; }

    /// <summary>The context reported on; set once, before it starts.</summary>
    internal DamonContext? Context { get; set; }

    /// <summary>Checks made in the aggregation that ended last.</summary>
    internal uint ChecksOfLastAggregation { get; private set; }

    internal DescribedTarget Add(DamonTarget target, MonitoredTarget monitored, TargetFootprint? footprint)
    {
        var described = new DescribedTarget(
            target.TargetId, monitored.Process, monitored.Mappings, monitored.Names, () => monitored.AccessCheck.Labels,
            () => monitored.AllRemarks, footprint, _observer);
        _targets.Add(target.TargetId, described);
        return described;
    }

    /// <summary>A target is no more.</summary>
    internal void Remove(ulong targetId) => _targets.Remove(targetId);

    /// <summary>What follows belongs to the next aggregation. One in which no target had memory does not count.</summary>
    internal void EndAggregation()
    {
        if (_aggregated)
        {
            _aggregated = false;
            _aggregation++;
        }
    }

    /// <inheritdoc/>
    public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
    {
        _aggregated = true;
        ChecksOfLastAggregation = target.NrSamples;
        DescribedTarget described = _targets[target.TargetId];
        DescribeChanges(described);
        DamonAttributes attributes = Context!.WindowAttributes;
        var header = new SnapshotHeader
        {
            TargetId = target.TargetId,
            Snapshot = _aggregation,
            BeginNs = (ulong)_windows.BeginNs,
            EndNs = (ulong)_windows.EndNs,
            SampleUs = attributes.SampleUs,
            AggrUs = attributes.AggrUs,
            NrRegions = (uint)regions.Length,
            NrSamples = target.NrSamples,
            NrUnclearable = target.NrUnclearable,
            NrUnprepared = target.NrUnprepared,
            NrLate = _windows.NrLate,
            NrMissed = _windows.NrMissed,
            WindowsNs = (ulong)_windows.TotalNs,
            Cpu = (uint)sched_getcpu(),
        };
        SnapshotMemory memory = _estimates.Fill(regions);
        _observer.OnAggregated(header, memory, regions, _estimates.Records);
        described.TellFootprint();
        Counters.AddSnapshot(regions.Length);
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(ulong sampleUs) => _observer.OnIntervalsTuned(sampleUs);

    private void DescribeChanges(DescribedTarget target)
    {
        DamonAttributes attributes = Context!.Attributes;
        var wire = new ContextAttributes
        {
            SampleUs = attributes.SampleUs,
            AggrUs = attributes.AggrUs,
            UpdateUs = attributes.UpdateUs,
            MinNrRegions = attributes.MinNrRegions,
            MaxNrRegions = attributes.MaxNrRegions,
        };
        _context.DescribeIfChanged(wire, target.Labels, out bool isNewListener);
        if (isNewListener)
        {
            foreach (DescribedTarget known in _targets.Values)
            {
                known.Forget();
            }
        }

        target.DescribeIfChanged();
    }
}
