using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// Fires the stream's events. Knows what happened, not how it became known: no access check leaks into an event.
/// With no session attached a call costs one flag check per event. Thread safe as the provider is; order matters only per kdamond.
/// </summary>
public sealed class DamonTracepoint
{
    private readonly DamonEventSource _provider = DamonEventSource.Log;

    /// <summary>Changes whenever a session attaches: descriptions have to be repeated for it.</summary>
    public int AttachCount => _provider.AttachCount;

    /// <summary>Describes a context: at start and on every change.</summary>
    public void Describe(ContextDescription context)
    {
        ContextAttributes attributes = context.Attributes;
        _provider.damon_trace_context(
            attributes.SampleUs, attributes.AggrUs, attributes.UpdateUs, attributes.MinNrRegions, attributes.MaxNrRegions,
            context.Kdamond, context.Operations, context.AccessCheck, context.Labels);
    }

    /// <summary>Tells which process a target_id stands for.</summary>
    public void Describe(TargetDescription target)
    {
        _provider.damon_trace_target(target.TargetId, target.Pid, target.StartTimeTicks, target.Comm, target.CommandLine);
    }

    /// <summary>Describes one mapping of a target.</summary>
    public void Describe(MappingDescription mapping)
    {
        _provider.damon_trace_mapping(
            mapping.TargetId, mapping.Generation, mapping.NrMappings, mapping.Start, mapping.End, mapping.Permissions, mapping.Name);
    }

    /// <summary>
    /// One snapshot: its header, then one damon_aggregated per region, back to back in address order.
    /// Bounded by the provider's write (0.10 to 0.19 us per event and session); allocates nothing.
    /// </summary>
    public void Aggregated(in SnapshotHeader header, ReadOnlySpan<DamonRegion> regions)
    {
        if (!_provider.IsEnabled())
        {
            return;
        }

        _provider.damon_trace_snapshot(
            header.TargetId, header.Snapshot, header.BeginNs, header.EndNs, header.SampleUs, header.AggrUs, header.NrRegions,
            header.NrSamples, header.NrUnclearable, header.NrUnprepared, header.NrLate, header.NrMissed, header.WindowsNs,
            header.Cpu);
        foreach (ref readonly DamonRegion region in regions)
        {
            _provider.damon_aggregated(header.TargetId, header.NrRegions, region.Start, region.End, region.NrAccesses, region.Age);
        }
    }

    /// <summary>The sampling interval was changed online.</summary>
    public void IntervalsTuned(ulong sampleUs) => _provider.damon_monitor_intervals_tune(sampleUs);

    /// <summary>Clocks and counters.</summary>
    public void Beat(in Heartbeat heartbeat)
    {
        _provider.damon_trace_heartbeat(
            heartbeat.WallNs, heartbeat.MonotonicNs, heartbeat.NrSnapshots, heartbeat.NrEvents,
            heartbeat.NrLate, heartbeat.NrMissed, heartbeat.KdamondCpuNs, heartbeat.ProcessCpuNs);
    }
}
