using Damon.Trace.Events;
using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Collects the regions that kernel kdamonds report until a snapshot is whole, and relays it in one piece: two kdamonds may report at the
/// same time, and what is announced together must follow each other. A snapshot that stays incomplete is relayed as it is.
/// </summary>
internal sealed class RelayedSnapshots : IKernelDamonObserver
{
    // Where the kernel clears accessed bits it does not flush the TLB.
    private const string Labels = "accesses=rw granularity=page flushed=no source=kernel";

    private readonly DamonTracepoint _tracepoint;
    private readonly RecorderCounters _counters;
    private readonly DrivenContext? _driven;
    private readonly Dictionary<(int Tid, ulong TargetId), Burst> _bursts = [];
    private readonly uint[] _delaysNs = new uint[RelayedOrigin.MaxEvents];
    private Burst? _latest;
    private KernelKdamond? _described;
    private int _describedAttachCount = -1;
    private ulong _sampleUs;
    private bool _hasStatistics;

    /// <param name="tracepoint">Where snapshots go.</param>
    /// <param name="counters">Where they are counted.</param>
    /// <param name="driven">The only context to relay, described in full; null relays every kdamond as far as files describe it.</param>
    internal RelayedSnapshots(DamonTracepoint tracepoint, RecorderCounters counters, DrivenContext? driven = null)
    {
        _tracepoint = tracepoint;
        _counters = counters;
        _driven = driven;
    }

    /// <summary>Nothing to say before its first snapshot: it is described with that.</summary>
    public void OnKdamond(KernelKdamond kdamond)
    {
    }

    /// <inheritdoc/>
    public void OnAggregated(in KernelEvent origin, in DamonAggregated region)
    {
        if (!IsWanted(origin))
        {
            return;
        }

        Burst burst = Find(origin.Kdamond.Tid, region.TargetId);
        if (burst.Count > 0 && !burst.IsFollowedBy(region))
        {
            Relay(burst);
        }

        burst.Add(origin, region);
        if (burst.IsWhole)
        {
            Relay(burst);
            TellStatistics(origin);
        }
    }

    /// <summary>Same regions as damon_aggregated, with what we have no place for.</summary>
    public void OnRegionAggregated(in KernelEvent origin, in DamonAggregated region, ReadOnlySpan<byte> probeHits)
    {
    }

    /// <inheritdoc/>
    public void OnBeforeApply(in KernelEvent origin, in DamosBeforeApply application)
    {
        if (IsWanted(origin))
        {
            _tracepoint.RelayedBeforeApply(Describe(origin), application);
        }
    }

    /// <inheritdoc/>
    public void OnEffectiveSize(in KernelEvent origin, in DamosEffectiveSize size)
    {
        if (IsWanted(origin))
        {
            _tracepoint.RelayedEffectiveSize(Describe(origin), size);
        }
    }

    /// <inheritdoc/>
    public void OnSchemeStatistics(in KernelEvent origin, in DamosStatistics statistics)
    {
        if (IsWanted(origin))
        {
            _hasStatistics = true;
            _tracepoint.RelayedSchemeStatistics(Describe(origin), statistics);
        }
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(in KernelEvent origin, in MonitorIntervalsTune tune)
    {
        if (!IsWanted(origin))
        {
            return;
        }

        var at = new RelayedOrigin(origin.Kdamond.Tid, origin.Cpu, origin.TimestampNs, origin.Kdamond.Comm);
        _sampleUs = tune.SampleUs;
        DescribeChanges(origin.Kdamond, at);
        _tracepoint.RelayedIntervalsTuned(at, tune.SampleUs);
    }

    /// <summary>Counted by the listener; the snapshots that lack them show it.</summary>
    public void OnLost(int cpu, ulong nrLost)
    {
    }

    /// <summary>Relays what is not whole: nothing more will come.</summary>
    internal void Flush()
    {
        foreach (Burst burst in _bursts.Values)
        {
            Relay(burst);
        }
    }

    /// <summary>Kernels before 7.0 have no event for the counters of schemes.</summary>
    private void TellStatistics(in KernelEvent origin)
    {
        if (_driven is null || _hasStatistics)
        {
            return;
        }

        foreach (DamosStatistics counters in _driven.ReadStatistics())
        {
            _tracepoint.RelayedSchemeStatistics(Describe(origin), counters);
        }
    }

    /// <summary>Who reports an event that is alone; described first where it was not yet.</summary>
    private RelayedOrigin Describe(in KernelEvent origin)
    {
        var at = new RelayedOrigin(origin.Kdamond.Tid, origin.Cpu, origin.TimestampNs, origin.Kdamond.Comm);
        DescribeChanges(origin.Kdamond, at);
        return at;
    }

    private bool IsWanted(in KernelEvent origin) => _driven is null || origin.Kdamond.Tid == _driven.Kdamond.Tid;

    private Burst Find(int tid, ulong targetId)
    {
        if (_latest is { } latest && latest.Tid == tid && latest.TargetId == targetId)
        {
            return latest;
        }

        if (!_bursts.TryGetValue((tid, targetId), out Burst? burst))
        {
            burst = new Burst(tid, targetId);
            _bursts.Add((tid, targetId), burst);
        }

        return _latest = burst;
    }

    /// <summary>Announces as many regions at once as come from one CPU and fit into one event.</summary>
    private void Relay(Burst burst)
    {
        if (burst.Count == 0)
        {
            return;
        }

        KernelKdamond kdamond = burst.Kdamond!;
        (uint firstCpu, ulong beginNs) = burst.PlaceOf(0);
        DescribeChanges(kdamond, new RelayedOrigin(kdamond.Tid, firstCpu, beginNs, kdamond.Comm));
        for (int first = 0; first < burst.Count;)
        {
            int count = burst.CopyRun(first, _delaysNs);
            (uint cpu, ulong firstNs) = burst.PlaceOf(first);
            _tracepoint.Relayed(
                new RelayedOrigin(kdamond.Tid, cpu, firstNs, kdamond.Comm), burst.Regions.Slice(first, count), _delaysNs.AsSpan(0, count));
            first += count;
        }

        _counters.AddSnapshot(burst.Count);
        burst.Clear();
    }

    /// <summary>Target ids of two kdamonds are the same numbers: whoever reports after another is described anew.</summary>
    private void DescribeChanges(KernelKdamond kdamond, in RelayedOrigin at)
    {
        int attachCount = _tracepoint.AttachCount;
        if (ReferenceEquals(kdamond, _described) && attachCount == _describedAttachCount)
        {
            _driven?.DescribeChangedMappings(_tracepoint);
            return;
        }

        _described = kdamond;
        _describedAttachCount = attachCount;
        string addresses = kdamond.Operations.Length == 0 ? "" : kdamond.Operations == KernelContext.Paddr ? " addresses=physical" : " addresses=virtual";
        _tracepoint.OnContext(new ContextDescription(
            kdamond.Attributes ?? default, kdamond.Comm, kdamond.Operations, ContextDescription.KernelAccessCheck, Labels + addresses));
        DescribeTargets(kdamond);
        TellTuned(kdamond, at);
    }

    private void DescribeTargets(KernelKdamond kdamond)
    {
        if (_driven is not null)
        {
            _driven.DescribeTargets(_tracepoint);
            return;
        }

        for (int i = 0; i < kdamond.TargetPids.Count; i++)
        {
            _tracepoint.OnTarget(DescribeTarget((ulong)i, kdamond.TargetPids[i]));
        }
    }

    /// <summary>The kernel has no event for intervals that were changed by hand ('tune'), only for those it tunes itself.</summary>
    private void TellTuned(KernelKdamond kdamond, in RelayedOrigin at)
    {
        ulong sampleUs = kdamond.Attributes?.SampleUs ?? 0;
        if (_driven is null || sampleUs == _sampleUs)
        {
            return;
        }

        if (_sampleUs != 0)
        {
            _tracepoint.RelayedIntervalsTuned(at, sampleUs);
        }

        _sampleUs = sampleUs;
    }

    private static TargetDescription DescribeTarget(ulong targetId, int pid)
    {
        try
        {
            using TargetProcess process = TargetProcess.Open(pid);
            return process.ToDescription(targetId);
        }
        catch (TargetUnavailableException)
        {
            // The pid is known all the same; the process may have gone.
            return new TargetDescription(targetId, pid, 0, "", "");
        }
    }

    /// <summary>The regions of one target of one kdamond that have come so far.</summary>
    private sealed class Burst(int tid, ulong targetId)
    {
        private DamonAggregated[] _regions = new DamonAggregated[64];
        private (uint Cpu, ulong TimestampNs)[] _places = new (uint, ulong)[64];

        internal int Tid { get; } = tid;

        internal ulong TargetId { get; } = targetId;

        internal KernelKdamond? Kdamond { get; private set; }

        internal int Count { get; private set; }

        internal ReadOnlySpan<DamonAggregated> Regions => _regions.AsSpan(0, Count);

        internal bool IsWhole => (uint)Count >= _regions[0].NrRegions;

        internal bool IsFollowedBy(in DamonAggregated region) =>
            region.NrRegions == _regions[0].NrRegions && region.Start >= _regions[Count - 1].End;

        internal (uint Cpu, ulong TimestampNs) PlaceOf(int index) => _places[index];

        internal void Add(in KernelEvent origin, in DamonAggregated region)
        {
            if (Count == _regions.Length)
            {
                Array.Resize(ref _regions, Count * 2);
                Array.Resize(ref _places, Count * 2);
            }

            Kdamond = origin.Kdamond;
            _regions[Count] = region;
            _places[Count++] = (origin.Cpu, origin.TimestampNs);
        }

        internal void Clear() => Count = 0;

        /// <summary>Length of the run of one CPU that begins at a region; the times of its regions after the first.</summary>
        internal int CopyRun(int first, Span<uint> delaysNs)
        {
            (uint cpu, ulong firstNs) = _places[first];
            int length = 0;
            for (; first + length < Count && length < delaysNs.Length; length++)
            {
                (uint otherCpu, ulong timestampNs) = _places[first + length];
                ulong delayNs = timestampNs - firstNs;
                if (otherCpu != cpu || delayNs > uint.MaxValue)
                {
                    break;
                }

                delaysNs[length] = (uint)delayNs;
            }

            return length;
        }
    }
}
