using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>Sees a snapshot without a copy; the rules of <see cref="ISnapshotObserver"/> apply.</summary>
/// <param name="header">Facts of the snapshot.</param>
/// <param name="memory">What it says about all memory of the process, in bytes.</param>
/// <param name="regions">Its regions in address order, valid during the call.</param>
public delegate void SnapshotCallback(in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions);

/// <summary>An observer of snapshots alone.</summary>
internal sealed class CallbackObserver(SnapshotCallback callback) : ISnapshotObserver
{
    public int AttachCount => 0;

    public void OnContext(ContextDescription context)
    {
    }

    public void OnTarget(TargetDescription target)
    {
    }

    public void OnMapping(MappingDescription mapping)
    {
    }

    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates) =>
        callback(header, memory, regions);

    public void OnIntervalsTuned(ulong sampleUs)
    {
    }

    public void OnFootprint(in Footprint footprint)
    {
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }
}
