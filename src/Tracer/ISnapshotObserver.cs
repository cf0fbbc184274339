using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer;

/// <summary>
/// Sees in this process what a kdamond produces, as it is produced: the tracepoint is one, a program that acts on its own snapshots is another.
/// Called on the kdamond's thread, where it delays the next check: it should take well below a sampling interval, must not block, and must copy
/// what it wants to keep. An exception ends the monitoring and comes out of <see cref="MemoryMonitor.Finished"/>.
/// Descriptions come before the first snapshot they describe, and again whenever something has changed.
/// </summary>
public interface ISnapshotObserver
{
    /// <summary>Changes whenever somebody begins to listen who needs all descriptions once more; constant where nobody can. Asked for once per snapshot.</summary>
    int AttachCount { get; }

    /// <summary>How the numbers are obtained: intervals in force, access check, labels.</summary>
    void OnContext(ContextDescription context);

    /// <summary>Which process a target id stands for.</summary>
    void OnTarget(TargetDescription target);

    /// <summary>One mapping of a target. All mappings of one generation follow each other in address order, and replace those before.</summary>
    void OnMapping(MappingDescription mapping);

    /// <summary>One aggregation of one target is complete.</summary>
    /// <param name="header">Facts of the snapshot: times in nanoseconds of CLOCK_MONOTONIC, intervals in microseconds.</param>
    /// <param name="memory">What it says about all memory of the target, in bytes.</param>
    /// <param name="regions">Its regions, in address order. The memory belongs to the kdamond and is valid during the call.</param>
    /// <param name="estimates">One per region, or none where nothing is estimated; valid during the call.</param>
    void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates);

    /// <summary>The sampling interval was changed, in microseconds: by the CPU budget, or by the auto-tuning of intervals.</summary>
    void OnIntervalsTuned(ulong sampleUs);

    /// <summary>What memory a target holds; about once per second.</summary>
    void OnFootprint(in Footprint footprint);

    /// <summary>For how long the memory of a target has been idle; about once per second.</summary>
    /// <param name="idle">Facts.</param>
    /// <param name="records">One per mapping that holds memory, at most <see cref="IdleRecord.MaxRecords"/>; valid during the call.</param>
    void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records);
}
