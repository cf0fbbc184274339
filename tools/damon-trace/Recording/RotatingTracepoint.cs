using Damon.Trace.Cli.Who;
using Damon.Trace.Events;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Recording;

/// <summary>
/// The tracepoint, and between two snapshots whatever has to be done there: a session that begins and one that ends between the same two snapshots
/// have every snapshot between them, each once.
/// </summary>
internal sealed class RotatingTracepoint(DamonTracepoint tracepoint, AccessRecorder? accesses = null) : ISnapshotObserver, ISchemeObserver
{
    private volatile Action? _betweenSnapshots;
    private ulong _lastSnapshotNs;

    /// <inheritdoc/>
    public int AttachCount => tracepoint.AttachCount;

    /// <summary>When the last snapshot ended, CLOCK_MONOTONIC; 0 before the first.</summary>
    internal long LastSnapshotNs => (long)Volatile.Read(ref _lastSnapshotNs);

    /// <summary>What is done after each snapshot, on the recorder's thread; null for nothing.</summary>
    internal Action? BetweenSnapshots
    {
        set => _betweenSnapshots = value;
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => tracepoint.OnContext(context);

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
        tracepoint.OnTarget(target);
        accesses?.OnTarget(target);
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => tracepoint.OnMapping(mapping);

    /// <inheritdoc/>
    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        tracepoint.OnAggregated(header, memory, regions, estimates);
        Volatile.Write(ref _lastSnapshotNs, header.EndNs);
        accesses?.OnAggregated(header.TargetId, regions, estimates);
        _betweenSnapshots?.Invoke();
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(ulong sampleUs) => tracepoint.OnIntervalsTuned(sampleUs);

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => tracepoint.OnFootprint(footprint);

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => tracepoint.OnIdle(idle, records);

    /// <inheritdoc/>
    public void OnBeforeApply(RunningScheme scheme, DamonTarget target, in DamonRegion region, uint nrAccesses) =>
        tracepoint.OnBeforeApply(scheme, target, region, nrAccesses);

    /// <inheritdoc/>
    public void OnEffectiveSize(RunningScheme scheme, ulong bytes) => tracepoint.OnEffectiveSize(scheme, bytes);

    /// <inheritdoc/>
    public void OnApplied(RunningScheme scheme) => tracepoint.OnApplied(scheme);
}
