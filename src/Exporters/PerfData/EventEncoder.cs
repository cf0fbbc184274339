using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Damon.Trace.Events;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Turns snapshots into perf's records, in one buffer which its owner empties. What file and pipe have in common: the records, the
/// names of threads, the clock, and what the header wants to know of the events.
/// </summary>
/// <param name="allEvents">Encode <c>damon_monitor_intervals_tune</c> and <c>damos_*</c> too.</param>
/// <param name="drain">Called when the buffer is full; must call <see cref="Clear"/>.</param>
internal sealed class EventEncoder(bool allEvents, Action drain)
{
    /// <summary>What tells the samples of events apart when there are several: their ids.</summary>
    private const ulong AggregatedIdentifier = DamonEventId.Aggregated;
    private const ulong IntervalsTuneIdentifier = DamonEventId.MonitorIntervalsTune;

    private const int BufferBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<int, string> _comms = [];
    private int _used;
    private bool _begun;
    private bool _ours;
    private string? _lastComm;
    private int _lastTid;

    /// <summary>
    /// False when the source of the events does not tell their cpu: then the samples have no such field and perf no such column.
    /// </summary>
    internal bool HasCpu { get; private set; } = true;

    internal long Events { get; private set; }

    internal ulong FirstTimeNs { get; private set; } = ulong.MaxValue;

    internal ulong LastTimeNs { get; private set; }

    internal int LargestCpu { get; private set; }

    /// <summary>The first known reading of both clocks.</summary>
    internal ClockPair? Clock { get; private set; }

    /// <summary>Times are CLOCK_MONOTONIC: in our own recordings, and where the source could tell the wall clock.</summary>
    internal bool IsMonotonic => _ours || Clock is not null;

    internal ReadOnlySpan<byte> Encoded => _buffer.AsSpan(0, _used);

    internal void Clear() => _used = 0;

    /// <summary>Only our own recordings describe contexts; their names are one word, as in the text.</summary>
    internal void OnContext()
    {
        _ours = true;
        _lastComm = null;
    }

    internal void OnHeartbeat(in Heartbeat heartbeat) => Clock ??= new ClockPair(heartbeat.WallNs, heartbeat.MonotonicNs);

    /// <summary>Must be called before an event is added: the first event decides which fields all samples have.</summary>
    internal void Begin(int cpu, long timestampNs, long? wallOffsetNs)
    {
        if (Clock is null && wallOffsetNs is { } offset)
        {
            Clock = new ClockPair((ulong)unchecked(timestampNs + offset), (ulong)timestampNs);
        }

        if (!_begun)
        {
            _begun = true;
            HasCpu = cpu >= 0;
        }
    }

    internal EventAttribute[] Attributes()
    {
        ulong sampleType = SampleType.Tid | SampleType.Time | SampleType.Raw
            | (HasCpu ? SampleType.Cpu : 0) | (allEvents ? SampleType.Identifier : 0);

        // Without exclude_kernel perf warns that it cannot resolve kernel addresses, of which there are none.
        ulong flags = EventAttribute.SampleIdAll | EventAttribute.ExcludeKernel | (IsMonotonic ? EventAttribute.UseClockId : 0);
        const int ClockMonotonic = 1; // 0 is CLOCK_REALTIME, but without use_clockid the field means nothing
        EventAttribute aggregated = new(
            EventAttribute.TypeTracepoint, TracepointFormats.AggregatedId, sampleType, 0, flags, IsMonotonic ? ClockMonotonic : 0);
        return allEvents ? [.. Enumerable.Range(0, TracepointFormats.All.Count).Select(i => aggregated with { Config = IdentifierOf(i) })] : [aggregated];
    }

    /// <summary>Of an event of <see cref="TracepointFormats.All"/>.</summary>
    internal static ulong IdentifierOf(int index) => (ulong)index + 1;

    /// <summary>
    /// One sample per region. Bound by memory: 88 bytes an event, of which only time, cpu and the region's fields change within a
    /// snapshot; no allocation while the kdamond stays the same; measured by PerfDataThroughputTests.
    /// </summary>
    internal void AddSnapshot(Snapshot snapshot)
    {
        ReadOnlySpan<RegionEvent> regions = snapshot.Regions;
        if (regions.IsEmpty)
        {
            return;
        }

        SetComm(snapshot.Kdamond, snapshot.KdamondTid, regions[0].TimestampNs);
        Span<byte> template = stackalloc byte[96 + RecordType.HeaderBytes];
        int rawAt = PutSample(
            template, snapshot.KdamondTid, AggregatedIdentifier, TracepointFormats.AggregatedId, TracepointFormats.AggregatedBytes);
        int size = rawAt + TracepointFormats.AggregatedBytes;
        template = template[..size];
        BinaryPrimitives.WriteUInt64LittleEndian(template[(rawAt + TracepointFormats.TargetIdAt)..], snapshot.TargetId);
        BinaryPrimitives.WriteUInt32LittleEndian(template[(rawAt + TracepointFormats.NrRegionsAt)..], snapshot.NrRegions);
        while (!regions.IsEmpty)
        {
            // Room for one at least; then as many as fit, so that nothing is compared per event.
            MakeRoom(size);
            int count = Math.Min(regions.Length, (_buffer.Length - _used) / size);
            PutRegions(regions[..count], template, rawAt, Reserve(count * size));
            Events += count;
            regions = regions[count..];
        }
    }

    private void PutRegions(ReadOnlySpan<RegionEvent> regions, ReadOnlySpan<byte> template, int rawAt, Span<byte> records)
    {
        int timeAt = TimeAt;
        ulong first = FirstTimeNs;
        ulong last = LastTimeNs;
        int largestCpu = LargestCpu;
        foreach (ref readonly RegionEvent region in regions)
        {
            template.CopyTo(records);
            ulong time = (ulong)region.TimestampNs;
            first = Math.Min(first, time);
            last = Math.Max(last, time);
            BinaryPrimitives.WriteUInt64LittleEndian(records[timeAt..], time);
            if (HasCpu)
            {
                int cpu = KnownCpu(region.Cpu);
                largestCpu = Math.Max(largestCpu, cpu);
                BinaryPrimitives.WriteInt32LittleEndian(records[(timeAt + 8)..], cpu);
            }

            Span<byte> raw = records.Slice(rawAt, TracepointFormats.AggregatedBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(raw[TracepointFormats.StartAt..], region.Start);
            BinaryPrimitives.WriteUInt64LittleEndian(raw[TracepointFormats.EndAt..], region.End);
            BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.NrAccessesAt..], region.NrAccesses);
            BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.AgeAt..], region.Age);
            records = records[template.Length..];
        }

        (FirstTimeNs, LastTimeNs, LargestCpu) = (first, last, largestCpu);
    }

    /// <summary>A single unknown one among known ones has to be some cpu.</summary>
    private static int KnownCpu(int cpu) => Math.Max(0, cpu);

    internal void AddIntervalsTune(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        SetComm(kdamond, kdamondTid, timestampNs);
        Span<byte> sample = stackalloc byte[96];
        int rawAt = PutSample(
            sample, kdamondTid, IntervalsTuneIdentifier, TracepointFormats.IntervalsTuneId, TracepointFormats.IntervalsTuneBytes);
        sample = sample[..(rawAt + TracepointFormats.IntervalsTuneBytes)];
        PutTime(sample[TimeAt..], timestampNs, cpu);
        BinaryPrimitives.WriteUInt64LittleEndian(sample[(rawAt + TracepointFormats.SampleUsAt)..], sampleUs);
        sample.CopyTo(Reserve(sample.Length));
        Events++;
    }

    internal void AddScheme(in SchemeEvent scheme)
    {
        SetComm(scheme.Kdamond, scheme.KdamondTid, scheme.TimestampNs);
        (ushort id, int bytes) = scheme.Kind switch
        {
            SchemeEventKind.BeforeApply => ((ushort)DamonEventId.BeforeApply, TracepointFormats.BeforeApplyBytes),
            SchemeEventKind.EffectiveQuota => ((ushort)DamonEventId.EffectiveSize, TracepointFormats.EffectiveSizeBytes),
            _ => ((ushort)DamonEventId.SchemeStatistics, TracepointFormats.SchemeStatisticsBytes),
        };
        Span<byte> sample = stackalloc byte[160];
        int rawAt = PutSample(sample, scheme.KdamondTid, id, id, bytes);
        PutScheme(sample.Slice(rawAt, bytes), scheme);
        sample = sample[..(rawAt + bytes)];
        PutTime(sample[TimeAt..], scheme.TimestampNs, scheme.Cpu);
        sample.CopyTo(Reserve(sample.Length));
        Events++;
    }

    private static void PutScheme(Span<byte> raw, in SchemeEvent scheme)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.ContextIndexAt..], scheme.ContextIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.SchemeIndexAt..], scheme.SchemeIndex);
        Span<byte> values = raw[TracepointFormats.SchemeValuesAt..];
        switch (scheme.Kind)
        {
            case SchemeEventKind.BeforeApply:
                BinaryPrimitives.WriteUInt64LittleEndian(values, scheme.Region.TargetId);
                BinaryPrimitives.WriteUInt64LittleEndian(raw[TracepointFormats.TriedStartAt..], scheme.Region.Start);
                BinaryPrimitives.WriteUInt64LittleEndian(raw[TracepointFormats.TriedEndAt..], scheme.Region.End);
                BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.TriedNrAccessesAt..], scheme.Region.NrAccesses);
                BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.TriedAgeAt..], scheme.Region.Age);
                BinaryPrimitives.WriteUInt32LittleEndian(raw[TracepointFormats.TriedNrRegionsAt..], scheme.Region.NrRegions);
                break;
            case SchemeEventKind.EffectiveQuota:
                BinaryPrimitives.WriteUInt64LittleEndian(values, scheme.EffectiveBytes);
                break;
            default:
                SchemeStatistics told = scheme.Statistics;
                ReadOnlySpan<ulong?> counters =
                    [told.NrTried, told.SzTried, told.NrApplied, told.SzApplied, told.SzOpsFilterPassed, told.QtExceeds, told.NrSnapshots];
                for (int i = 0; i < counters.Length; i++)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(values[(i * sizeof(ulong))..], counters[i] ?? 0);
                }

                break;
        }
    }

    /// <summary>Tells perf that it may deliver everything up to the largest time before the previous round.</summary>
    internal void AddRound() => PutHeader(Reserve(RecordType.HeaderBytes), RecordType.FinishedRound, 0, RecordType.HeaderBytes);

    /// <summary>Bytes of another origin, e.g. the head of a pipe; at most 64 KiB.</summary>
    internal void AddBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Offset of TIME in a sample: after the header, the identifier if any, and TID.</summary>
    private int TimeAt => RecordType.HeaderBytes + (allEvents ? 8 : 0) + 8;

    private static void PutHeader(Span<byte> record, uint type, ushort misc, int size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, type);
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], misc);
        BinaryPrimitives.WriteUInt16LittleEndian(record[6..], (ushort)size);
    }

    /// <summary>What samples of one thread and event share; returns the offset of the raw record.</summary>
    private int PutSample(Span<byte> sample, int tid, ulong identifier, ushort eventId, int rawBytes)
    {
        sample.Clear();
        if (allEvents)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(sample[RecordType.HeaderBytes..], identifier);
        }

        int timeAt = TimeAt;
        BinaryPrimitives.WriteInt32LittleEndian(sample[(timeAt - 8)..], tid); // pid: kernel threads have the same
        BinaryPrimitives.WriteInt32LittleEndian(sample[(timeAt - 4)..], tid);
        int rawSizeAt = timeAt + 8 + (HasCpu ? 8 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(sample[rawSizeAt..], rawBytes);
        int rawAt = rawSizeAt + sizeof(uint);
        BinaryPrimitives.WriteUInt16LittleEndian(sample[rawAt..], eventId);
        BinaryPrimitives.WriteInt32LittleEndian(sample[(rawAt + TracepointFormats.CommonPidAt)..], tid);
        PutHeader(sample, RecordType.Sample, RecordType.MiscUser, rawAt + rawBytes);
        return rawAt;
    }

    private void PutTime(Span<byte> at, long timestampNs, int cpu)
    {
        ulong time = (ulong)timestampNs;
        BinaryPrimitives.WriteUInt64LittleEndian(at, time);
        if (HasCpu)
        {
            int known = KnownCpu(cpu);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], known);
            LargestCpu = Math.Max(LargestCpu, known);
        }

        FirstTimeNs = Math.Min(FirstTimeNs, time);
        LastTimeNs = Math.Max(LastTimeNs, time);
    }

    private void MakeRoom(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            drain();
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        MakeRoom(bytes);
        Span<byte> reserved = _buffer.AsSpan(_used, bytes);
        _used += bytes;
        return reserved;
    }

    private void SetComm(string kdamond, int tid, long timestampNs)
    {
        if (tid == _lastTid && ReferenceEquals(kdamond, _lastComm))
        {
            return;
        }

        _lastTid = tid;
        _lastComm = kdamond;
        ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_comms, tid, out bool exists);
        if (known != kdamond)
        {
            known = kdamond;

            // A name holds from its time on. perf takes a record without a time at once: the first name of a thread always holds.
            AddComm(_ours ? Comm.ToOneWord(kdamond) : kdamond, tid, exists ? (ulong)timestampNs : 0);
        }
    }

    /// <summary>
    /// u32 pid, u32 tid, name padded to 8 with at least one NUL, then the sample's id fields TID TIME [CPU] [IDENTIFIER].
    /// </summary>
    private void AddComm(string comm, int tid, ulong timeNs)
    {
        ReadOnlySpan<byte> name = Comm.Encode(comm);
        int end = name.IndexOf((byte)0);
        name = name[..Math.Min(end < 0 ? name.Length : end, Comm.MaxBytes)];
        int nameBytes = (name.Length + 8) / 8 * 8;
        int size = RecordType.HeaderBytes + 8 + nameBytes + 16 + (HasCpu ? 8 : 0) + (allEvents ? 8 : 0);
        Span<byte> record = Reserve(size);
        record.Clear();
        PutHeader(record, RecordType.Comm, 0, size);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], tid);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], tid);
        name.CopyTo(record[16..]);
        Span<byte> ids = record[(16 + nameBytes)..];
        BinaryPrimitives.WriteInt32LittleEndian(ids, tid);
        BinaryPrimitives.WriteInt32LittleEndian(ids[4..], tid);
        BinaryPrimitives.WriteUInt64LittleEndian(ids[8..], timeNs);
        if (allEvents)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(ids[^8..], AggregatedIdentifier);
        }
    }
}
