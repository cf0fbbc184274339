using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Turns the payloads of the provider's events into calls of a sink: what the two ways of reading an EventPipe stream have in common.
/// A payload may be longer than we know (a later version appended fields), never shorter.
/// </summary>
public sealed class DamonEventDispatcher
{
    /// <summary>
    /// The comm of a thread that has not described itself: a late attacher sees events before the description is repeated.
    /// </summary>
    private const string UnknownKdamond = "kdamond";

    private readonly IRecordingSink _sink;
    private readonly SnapshotAssembler _assembler;
    private readonly Dictionary<int, string> _kdamonds = [];
    private readonly Dictionary<ulong, int> _pids = [];
    private readonly RelayedEvents _relayed = new();
    private readonly AccessPayloads _accesses = new();
    private long? _wallOffsetNs;
    private int _lastThread;
    private int _snapshotThread;
    private int _snapshotCpu;
    private string _lastKdamond = UnknownKdamond;

    /// <param name="sink">Where everything goes.</param>
    /// <param name="wallOffsetNs">Wall clock minus monotonic clock from the file's header; heartbeats, which are more exact, replace
    /// it.</param>
    public DamonEventDispatcher(IRecordingSink sink, long? wallOffsetNs)
    {
        _sink = sink;
        _wallOffsetNs = wallOffsetNs;
        _assembler = new SnapshotAssembler(Deliver);
    }

    /// <summary>
    /// Takes one event; false when its payload is too short for its fields. Bound by the copy of a region; no allocation for regions,
    /// snapshot headers and heartbeats.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDispatch(int eventId, long timestampNs, int thread, int cpu, ReadOnlySpan<byte> payload)
    {
        if (eventId != DamonEventId.Aggregated)
        {
            return TryDispatchOther(eventId, timestampNs, thread, cpu, payload);
        }

        if (payload.Length < Unsafe.SizeOf<DamonAggregated>())
        {
            return false;
        }

        // In place: the struct is the payload's layout, and the copy would cost as much as the rest.
        ref readonly DamonAggregated aggregated = ref Unsafe.As<byte, DamonAggregated>(ref MemoryMarshal.GetReference(payload));
        if (IsRelayed(thread))
        {
            AddRelayed(in aggregated);
            return true;
        }

        _assembler.Add(KdamondOf(thread), thread, in aggregated, timestampNs, thread == _snapshotThread ? _snapshotCpu : cpu);
        return true;
    }

    /// <summary>Whether the next event of a thread is that of another, whose place and time were announced.</summary>
    internal bool IsRelayed(int thread) => _relayed.Left > 0 && thread == _relayed.Thread;

    /// <summary>Takes regions that follow each other, of one thread, and its own: not <see cref="IsRelayed"/>. Bound by copying them; no allocation.</summary>
    internal void DispatchRegions(int thread, ulong targetId, uint nrRegions, Span<RegionEvent> regions)
    {
        if (thread == _snapshotThread)
        {
            foreach (ref RegionEvent region in regions)
            {
                region.Cpu = _snapshotCpu;
            }
        }

        _assembler.Add(KdamondOf(thread), thread, targetId, nrRegions, regions, name: 0);
    }

    /// <summary>The recording is over.</summary>
    public void End(long lostEvents, string? truncation)
    {
        _assembler.Flush();
        _sink.OnEnd(_assembler.ToEnd(lostEvents, truncation));
    }

    private bool TryDispatchOther(int eventId, long timestampNs, int thread, int cpu, ReadOnlySpan<byte> payload)
    {
        PayloadReader reader = new(payload);
        switch (eventId)
        {
            case DamonEventId.MonitorIntervalsTune:
                return TryTune(ref reader, timestampNs, thread, cpu);
            case DamonEventId.BeforeApply:
            case DamonEventId.EffectiveSize:
            case DamonEventId.SchemeStatistics:
                return TryScheme(ref reader, eventId, timestampNs, thread, cpu);
            case DamonEventId.Context:
                return TryContext(ref reader, thread);
            case DamonEventId.Target:
                return TryTarget(ref reader);
            case DamonEventId.Mapping:
                return TryMapping(ref reader);
            case DamonEventId.Snapshot:
                return TrySnapshot(ref reader, thread);
            case DamonEventId.Estimates:
                return TryEstimates(ref reader, timestampNs, thread);
            case DamonEventId.Heartbeat:
                return TryHeartbeat(ref reader);
            case DamonEventId.Relayed:
                return TryRelayed(ref reader, thread);
            case DamonEventId.Footprint:
                return TryFootprint(ref reader);
            case DamonEventId.Idle:
                return TryIdle(ref reader);
            case int access when AccessPayloads.Knows(access):
                return _accesses.TryDispatch(ref reader, access, _sink);
            default:
                // An event of a later version: nothing we know depends on it.
                return true;
        }
    }

    private bool TryTune(ref PayloadReader reader, long timestampNs, int thread, int cpu)
    {
        MonitorIntervalsTune tune = reader.Read<MonitorIntervalsTune>();
        if (reader.Failed)
        {
            return false;
        }

        if (IsRelayed(thread))
        {
            _sink.OnIntervalsTuned(_relayed.TakeTimeNs(), _relayed.Cpu, _relayed.Kdamond, _relayed.Tid, tune.SampleUs);
            return true;
        }

        _sink.OnIntervalsTuned(timestampNs, cpu, KdamondOf(thread), thread, tune.SampleUs);
        return true;
    }

    private bool TryScheme(ref PayloadReader reader, int eventId, long timestampNs, int thread, int cpu)
    {
        SchemeEvent scheme = SchemePayloads.Read(ref reader, eventId);
        if (reader.Failed)
        {
            return false;
        }

        bool isRelayed = IsRelayed(thread);
        scheme.Kdamond = isRelayed ? _relayed.Kdamond : KdamondOf(thread);
        scheme.KdamondTid = isRelayed ? _relayed.Tid : thread;
        scheme.Cpu = isRelayed ? _relayed.Cpu : cpu;
        scheme.TimestampNs = isRelayed ? _relayed.TakeTimeNs() : timestampNs;
        _sink.OnScheme(in scheme);
        return true;
    }

    private bool TryContext(ref PayloadReader reader, int thread)
    {
        ContextDescription context = new(
            reader.Read<ContextAttributes>(), reader.ReadText(), reader.ReadText(), reader.ReadText(), reader.ReadText());
        if (reader.Failed)
        {
            return false;
        }

        if (context.AccessCheck == ContextDescription.KernelAccessCheck)
        {
            // Its targets follow; those of another kdamond have the same ids.
            _relayed.Describe(context);
            _pids.Clear();
            _sink.OnContext(context);
            return true;
        }

        // Descriptions are repeated for late attachers: keep the instance, so that comparing names stays a comparison of references.
        if (context.Kdamond.Length > 0 && (!_kdamonds.TryGetValue(thread, out string? known) || known != context.Kdamond))
        {
            _kdamonds[thread] = context.Kdamond;
            _lastThread = 0;
        }

        _sink.OnContext(context);
        return true;
    }

    private bool TryTarget(ref PayloadReader reader)
    {
        TargetDescription target = new(
            reader.Read<ulong>(), reader.Read<int>(), reader.Read<ulong>(), reader.ReadText(), reader.ReadText());
        if (reader.Failed)
        {
            return false;
        }

        _pids[target.TargetId] = target.Pid;
        _sink.OnTarget(target);
        return true;
    }

    private bool TryMapping(ref PayloadReader reader)
    {
        MappingDescription mapping = new(
            reader.Read<ulong>(), reader.Read<uint>(), reader.Read<uint>(), reader.Read<ulong>(), reader.Read<ulong>(),
            reader.ReadText(), reader.ReadText())
        {
            // Older recordings end with the name.
            Label = reader.Left > 0 ? reader.ReadText() : "",
        };
        if (reader.Failed)
        {
            return false;
        }

        _sink.OnMapping(mapping);
        return true;
    }

    private bool TrySnapshot(ref PayloadReader reader, int thread)
    {
        SnapshotHeader header = reader.Read<SnapshotHeader>();
        if (reader.Failed)
        {
            return false;
        }

        // The runtime does not tell the CPU of an event; the header does, and its regions follow at once.
        _snapshotThread = thread;
        _snapshotCpu = (int)header.Cpu;
        _assembler.Open(KdamondOf(thread), thread, in header, ReadMemory(ref reader));
        return true;
    }

    /// <summary>The second part of a header: older recordings have none, and what the kernel cannot be asked is marked unknown.</summary>
    private static SnapshotMemory? ReadMemory(ref PayloadReader reader)
    {
        if (reader.Left < Unsafe.SizeOf<SnapshotMemory>())
        {
            return null;
        }

        SnapshotMemory memory = reader.Read<SnapshotMemory>();
        return memory.ResidentBytes == SnapshotMemory.Unknown ? null : memory;
    }

    private bool TryEstimates(ref PayloadReader reader, long timestampNs, int thread)
    {
        ulong targetId = reader.Read<ulong>();
        uint first = reader.Read<uint>();
        ReadOnlySpan<RegionEstimateRecord> records = reader.ReadRecords<RegionEstimateRecord>(reader.Read<uint>());
        if (reader.Failed)
        {
            return false;
        }

        _assembler.AddEstimates(KdamondOf(thread), thread, targetId, first, records, timestampNs);
        return true;
    }

    private bool TryIdle(ref PayloadReader reader)
    {
        IdlePages idle = reader.Read<IdlePages>();
        ReadOnlySpan<IdleRecord> records = reader.ReadRecords<IdleRecord>(idle.NrRecords);
        if (reader.Failed)
        {
            return false;
        }

        _sink.OnIdle(in idle, records);
        return true;
    }

    private bool TryHeartbeat(ref PayloadReader reader)
    {
        Heartbeat heartbeat = reader.Read<Heartbeat>();
        if (reader.Failed)
        {
            return false;
        }

        _wallOffsetNs = unchecked((long)(heartbeat.WallNs - heartbeat.MonotonicNs));
        _sink.OnHeartbeat(in heartbeat);
        return true;
    }

    private bool TryFootprint(ref PayloadReader reader)
    {
        Footprint footprint = reader.Read<Footprint>();
        if (reader.Failed)
        {
            return false;
        }

        _sink.OnFootprint(in footprint);
        return true;
    }

    private bool TryRelayed(ref PayloadReader reader, int thread)
    {
        int tid = reader.Read<int>();
        uint cpu = reader.Read<uint>();
        uint nrEvents = reader.Read<uint>();
        ulong firstNs = reader.Read<ulong>();
        string comm = reader.ReadText();
        ReadOnlySpan<byte> delaysNs = reader.ReadBlob();
        if (reader.Failed || (uint)delaysNs.Length / sizeof(uint) < nrEvents)
        {
            return false;
        }

        _relayed.Announce(thread, tid, (int)cpu, (long)firstNs, comm, MemoryMarshal.Cast<byte, uint>(delaysNs)[..(int)nrEvents]);
        return true;
    }

    // A method of its own keeps the usual way short.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddRelayed(in DamonAggregated aggregated) =>
        _assembler.Add(_relayed.Kdamond, _relayed.Tid, in aggregated, _relayed.TakeTimeNs(), _relayed.Cpu);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private string KdamondOf(int thread) => thread == _lastThread ? _lastKdamond : FindKdamond(thread);

    private string FindKdamond(int thread)
    {
        _lastThread = thread;
        return _lastKdamond = _kdamonds.GetValueOrDefault(thread, UnknownKdamond);
    }

    private void Deliver(Snapshot snapshot)
    {
        snapshot.Pid = _pids.TryGetValue(snapshot.TargetId, out int pid) ? pid : null;
        snapshot.WallOffsetNs = _wallOffsetNs;
        _relayed.Complete(snapshot);
        _sink.OnSnapshot(snapshot);
    }
}
