using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// Fires the stream's events. Knows what happened, not how it became known: no access check leaks into an event.
/// With no session attached a call costs one flag check per event. Thread safe as the provider is; order matters only per kdamond.
/// </summary>
public sealed class DamonTracepoint : ISnapshotObserver, ISchemeObserver
{
    private readonly DamonEventSource _provider = DamonEventSource.Log;
    private readonly INativeTracepoint[] _natives;

    /// <param name="natives">Tracepoints of native tracers to fire as well; they stay the caller's.</param>
    public DamonTracepoint(params IReadOnlyList<INativeTracepoint> natives)
    {
        _natives = [.. natives];
    }

    /// <summary>Changes whenever a session attaches: descriptions have to be repeated for it.</summary>
    public int AttachCount => _provider.AttachCount;

    /// <summary>Describes a context: at start and on every change.</summary>
    public void OnContext(ContextDescription context)
    {
        ContextAttributes attributes = context.Attributes;
        _provider.damon_trace_context(
            attributes.SampleUs, attributes.AggrUs, attributes.UpdateUs, attributes.MinNrRegions, attributes.MaxNrRegions,
            context.Kdamond, context.Operations, context.AccessCheck, context.Labels);
    }

    /// <summary>Tells which process a target_id stands for.</summary>
    public void OnTarget(TargetDescription target)
    {
        _provider.damon_trace_target(target.TargetId, target.Pid, target.StartTimeTicks, target.Comm, target.CommandLine);
    }

    /// <summary>Describes one mapping of a target.</summary>
    public void OnMapping(MappingDescription mapping)
    {
        _provider.damon_trace_mapping(
            mapping.TargetId, mapping.Generation, mapping.NrMappings, mapping.Start, mapping.End, mapping.Permissions, mapping.Name,
            mapping.Label);
    }

    /// <summary>
    /// One snapshot: its header, then one damon_aggregated per region, back to back in address order.
    /// Bounded by the provider's write (0.10 to 0.19 us per event and session); allocates nothing.
    /// </summary>
    /// <param name="header">Facts of the snapshot.</param>
    /// <param name="memory">What it says about the target's memory.</param>
    /// <param name="regions">The regions.</param>
    /// <param name="estimates">One per region, or none where nothing is estimated.</param>
    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        foreach (INativeTracepoint native in _natives)
        {
            if (native.IsEnabled)
            {
                foreach (ref readonly DamonRegion region in regions)
                {
                    native.Aggregated(header.TargetId, header.NrRegions, region);
                }
            }
        }

        if (!_provider.IsEnabled())
        {
            return;
        }

        _provider.damon_trace_snapshot(
            header.TargetId, header.Snapshot, header.BeginNs, header.EndNs, header.SampleUs, header.AggrUs, header.NrRegions,
            header.NrSamples, header.NrUnclearable, header.NrUnprepared, header.NrLate, header.NrMissed, header.WindowsNs,
            header.Cpu, memory.ResidentBytes, memory.UnknownBytes, memory.TouchedBytes, memory.TouchedErrorBytes);
        for (int first = 0; first < estimates.Length; first += RegionEstimateRecord.MaxRegions)
        {
            int count = Math.Min(RegionEstimateRecord.MaxRegions, estimates.Length - first);
            _provider.WriteEstimates(header.TargetId, (uint)first, estimates.Slice(first, count));
        }

        foreach (ref readonly DamonRegion region in regions)
        {
            _provider.damon_aggregated(header.TargetId, header.NrRegions, region.Start, region.End, region.NrAccesses, region.Age);
        }
    }

    /// <summary>
    /// Regions that another kdamond reported: who, where and when, then one damon_aggregated each. Bounded by the provider's write;
    /// allocates nothing.
    /// </summary>
    /// <param name="origin">The kdamond, its CPU and the time of the first region.</param>
    /// <param name="regions">Regions of one target, at most <see cref="RelayedOrigin.MaxEvents"/>.</param>
    /// <param name="delaysNs">Time of each region after the first in nanoseconds.</param>
    public void Relayed(in RelayedOrigin origin, ReadOnlySpan<DamonAggregated> regions, ReadOnlySpan<uint> delaysNs)
    {
        if (!_provider.IsEnabled())
        {
            return;
        }

        _provider.WriteRelayed(origin.Tid, origin.Cpu, (uint)regions.Length, origin.FirstNs, origin.Comm, delaysNs);
        foreach (ref readonly DamonAggregated region in regions)
        {
            _provider.damon_aggregated(region.TargetId, region.NrRegions, region.Start, region.End, region.NrAccesses, region.Age);
        }
    }

    /// <summary>Another kdamond's sampling interval was changed online.</summary>
    public void RelayedIntervalsTuned(in RelayedOrigin origin, ulong sampleUs)
    {
        _provider.WriteRelayed(origin.Tid, origin.Cpu, 1, origin.FirstNs, origin.Comm, [0]);
        _provider.damon_monitor_intervals_tune(sampleUs);
    }

    /// <summary>A scheme of another kdamond is about to be applied to a region.</summary>
    public void RelayedBeforeApply(in RelayedOrigin origin, in DamosBeforeApply application)
    {
        _provider.WriteRelayed(origin.Tid, origin.Cpu, 1, origin.FirstNs, origin.Comm, [0]);
        DamonAggregated region = application.Region;
        _provider.damos_before_apply(
            application.ContextIdx, application.SchemeIdx, region.TargetId, region.NrRegions, region.Start, region.End, region.NrAccesses, region.Age);
    }

    /// <summary>The effective size of the quota of another kdamond's scheme.</summary>
    public void RelayedEffectiveSize(in RelayedOrigin origin, in DamosEffectiveSize size)
    {
        _provider.WriteRelayed(origin.Tid, origin.Cpu, 1, origin.FirstNs, origin.Comm, [0]);
        _provider.damos_esz(size.ContextIdx, size.SchemeIdx, size.Esz);
    }

    /// <summary>The counters of another kdamond's scheme.</summary>
    public void RelayedSchemeStatistics(in RelayedOrigin origin, in DamosStatistics counters)
    {
        _provider.WriteRelayed(origin.Tid, origin.Cpu, 1, origin.FirstNs, origin.Comm, [0]);
        _provider.damos_stat_after_apply_interval(
            counters.ContextIdx, counters.SchemeIdx, counters.NrTried, counters.SzTried, counters.NrApplied, counters.SzApplied,
            counters.SzOpsFilterPassed, counters.QtExceeds, counters.NrSnapshots);
    }

    /// <summary>The sampling interval was changed online.</summary>
    public void OnIntervalsTuned(ulong sampleUs) => _provider.damon_monitor_intervals_tune(sampleUs);

    /// <summary>A scheme is about to be applied to a region.</summary>
    public void OnBeforeApply(RunningScheme scheme, DamonTarget target, in DamonRegion region, uint nrAccesses)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(target);
        _provider.damos_before_apply(
            0, (uint)scheme.Index, target.TargetId, (uint)target.Regions.Length, region.Start, region.End, nrAccesses, region.Age);
    }

    /// <summary>The effective size of a scheme's quota has changed.</summary>
    public void OnEffectiveSize(RunningScheme scheme, ulong bytes)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        _provider.damos_esz(0, (uint)scheme.Index, bytes);
    }

    /// <summary>A scheme has been applied to all regions.</summary>
    public void OnApplied(RunningScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        SchemeCounters counters = scheme.Counters;
        _provider.damos_stat_after_apply_interval(
            0, (uint)scheme.Index, counters.NrTried, counters.SzTried, counters.NrApplied, counters.SzApplied,
            counters.SzOpsFilterPassed, counters.QtExceeds, counters.NrSnapshots);
    }

    /// <summary>What memory a target holds.</summary>
    public void OnFootprint(in Footprint footprint)
    {
        _provider.damon_trace_footprint(
            footprint.TargetId, footprint.TimeNs, footprint.VszBytes, footprint.RssBytes, footprint.PssBytes, footprint.SwapBytes);
    }

    /// <summary>For how long the memory of a target has been idle.</summary>
    /// <param name="idle">Facts; as many records are told as are given.</param>
    /// <param name="records">At most <see cref="IdleRecord.MaxRecords"/>.</param>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (_provider.IsEnabled())
        {
            _provider.WriteIdle(idle, records);
        }
    }

    /// <summary>An access that was sampled, after its stack and thread were described.</summary>
    public void OnAccess(in AccessRecord access) => _provider.damon_trace_access(
        access.TargetId, access.TimeNs, access.Address, access.Ip, access.Tid, access.IsWrite, access.IsKernel, access.StackId, access.Probe,
        access.Weight);

    /// <summary>Where accesses of the same id come from.</summary>
    public void OnStack(StackDescription stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ulong[] addresses = [.. stack.Frames.SelectMany(static frame => (ulong[])[frame.Ip, frame.FileOffset])];
        _provider.damon_trace_stack(
            stack.TargetId, stack.StackId, string.Join('\n', stack.Frames.Select(static frame => $"{frame.Function}\t{frame.Module}")),
            MemoryMarshal.AsBytes(addresses.AsSpan()).ToArray());
    }

    /// <summary>The name of a thread of which accesses are sampled.</summary>
    public void OnThread(ThreadDescription thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        _provider.damon_trace_thread(thread.TargetId, thread.Tid, thread.Comm);
    }

    /// <summary>What sampling accesses of a target came to so far.</summary>
    public void OnSampler(AccessSamplerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        AccessSamplerCounts counts = state.Counts;
        _provider.WriteSampler(in counts, state.Sampler, state.Unit, state.Remark);
    }

    /// <summary>Which memory of a target is mapped by huge pages.</summary>
    /// <param name="huge">Facts.</param>
    /// <param name="runs">Ascending and disjoint, at most <see cref="HugePages.MaxRuns"/>.</param>
    public void OnHugePages(in HugePages huge, ReadOnlySpan<HugePageRun> runs) =>
        _provider.damon_trace_huge_pages(huge.TargetId, huge.TimeNs, huge.IsCut, MemoryMarshal.AsBytes(runs).ToArray());

    /// <summary>What was seen of huge pages that were split for a while.</summary>
    /// <param name="split">Facts.</param>
    /// <param name="pages">At most <see cref="SplitHugePages.MaxPages"/>.</param>
    public void OnSplitPages(in SplitHugePages split, ReadOnlySpan<SplitHugePage> pages) =>
        _provider.damon_trace_split_pages(split.TargetId, split.TimeNs, split.WindowNs, split.CostNs, MemoryMarshal.AsBytes(pages).ToArray());

    /// <summary>Clocks and counters.</summary>
    public void Beat(in Heartbeat heartbeat)
    {
        _provider.damon_trace_heartbeat(
            heartbeat.WallNs, heartbeat.MonotonicNs, heartbeat.NrSnapshots, heartbeat.NrEvents,
            heartbeat.NrLate, heartbeat.NrMissed, heartbeat.KdamondCpuNs, heartbeat.ProcessCpuNs);
    }
}
