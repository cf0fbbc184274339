using System.Buffers.Binary;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Turns single records into calls of a sink: samples into snapshots, in the order of time, under the names their threads had then.
/// </summary>
internal sealed class RecordDispatcher
{
    private readonly PerfEvents _events;
    private readonly IRecordingSink _sink;
    private readonly TimeSorter _sorter;
    private readonly ThreadNames _names = new();
    private readonly SnapshotAssembler _assembler;
    private readonly PendingEvent[] _untimed = new PendingEvent[1];
    private readonly ProbeHits _probeHits = new();
    private readonly WaitingSchemes _schemes = new();
    private long _nrSchemes;
    private ulong _lost;
    private ulong _lostSamples;
    private bool _hasLostSamples;

    internal RecordDispatcher(PerfEvents events, IRecordingSink sink)
    {
        _events = events;
        _sink = sink;
        _sorter = new TimeSorter(Deliver);
        _assembler = new SnapshotAssembler(Finish);
    }

    /// <summary>Wall clock minus the recording's clock, where CLOCK_DATA tells it.</summary>
    internal long? WallOffsetNs { get; set; }

    /// <summary>Samples of events that are not ours to read.</summary>
    internal long SkippedEvents { get; private set; }

    /// <summary>
    /// Bound by memory: a sample is read once, and an event written once and read once more when it is delivered; no allocation. Thirty
    /// times as fast as perf script on the same file; measured by PerfDataThroughputTests.
    /// </summary>
    /// <returns>False when the sample is not what its attribute says.</returns>
    internal bool TryTakeSample(ReadOnlySpan<byte> sample)
    {
        PerfEvent? source = _events.Find(sample);
        if (source is null || source.Kind == EventKind.Other)
        {
            SkippedEvents++;
            return true;
        }

        SampleLayout layout = source.Layout;
        if (sample.Length < layout.FixedBytes || !layout.TryGetRaw(sample, out ReadOnlySpan<byte> raw))
        {
            return false;
        }

        if (source.Kind == EventKind.IntervalsTune)
        {
            return TryTakeIntervalsTune(source, sample, raw);
        }

        if (source.Kind == EventKind.Scheme)
        {
            return TryTakeScheme(source, sample, raw);
        }

        AggregatedFields fields = source.Aggregated!;
        if (raw.Length < fields.Bytes)
        {
            return false;
        }

        if (source.IsAssumed && !IsPlausible(source, raw))
        {
            SkippedEvents++;
            return true;
        }

        ref PendingEvent pending = ref AddPending(layout, sample, raw);
        pending.Kind = EventKind.Aggregated;
        pending.EventIndex = source.Index;
        fields.Read(raw, out pending.Aggregated);
        _probeHits.Add(pending.Aggregated.NrAccesses, source.ProbeHits is not null, source.ProbeHits is { } hits && AnyHit(hits, raw));
        DeliverUntimed(pending);
        return true;
    }

    /// <summary>
    /// COMM: u32 pid, u32 tid, name. FORK: u32 pid, ppid, tid, ptid, u64 time. Both end with id fields that tell their time.
    /// </summary>
    internal void TakeThread(uint type, ReadOnlySpan<byte> record)
    {
        bool isComm = type == RecordType.Comm;
        if (record.Length < (isComm ? 24 : 32))
        {
            return;
        }

        ulong time = _events.All.Count == 0 ? 0 : _events.All[0].Layout.TrailerTime(record);
        if (time == 0 && !isComm)
        {
            time = BinaryPrimitives.ReadUInt64LittleEndian(record[24..]);
        }

        ref PendingEvent pending = ref AddPending(time);
        if (isComm)
        {
            pending.Kind = EventKind.Comm;
            pending.Tid = BinaryPrimitives.ReadInt32LittleEndian(record[12..]);
            pending.Name = ThreadName.Read(record[16..]);
        }
        else
        {
            pending.Kind = EventKind.Fork;
            pending.Tid = BinaryPrimitives.ReadInt32LittleEndian(record[16..]);
            pending.Cpu = BinaryPrimitives.ReadInt32LittleEndian(record[20..]);
        }

        DeliverUntimed(pending);
    }

    /// <summary>
    /// LOST: u64 id, u64 lost, from the ring. LOST_SAMPLES: u64 lost, from the counter of one event, which the id fields name.
    /// </summary>
    internal void TakeLoss(uint type, ushort misc, ReadOnlySpan<byte> record)
    {
        if (type == RecordType.Lost && record.Length >= 24)
        {
            _lost = AddSaturating(_lost, BinaryPrimitives.ReadUInt64LittleEndian(record[16..]));
        }
        else if (type == RecordType.LostSamples && (misc & RecordType.MiscFiltered) == 0 && record.Length >= 16)
        {
            _hasLostSamples = true;
            if (_events.FindByTrailer(record) is { Kind: EventKind.Other })
            {
                return;
            }

            _lostSamples = AddSaturating(_lostSamples, BinaryPrimitives.ReadUInt64LittleEndian(record[8..]));
        }
    }

    internal void EndRound() => _sorter.EndRound();

    /// <summary>
    /// The recording is over. perf since 6.1 tells losses both ways: per ring as they happen, which counts records of any kind, and at the
    /// end per event, which is the better number.
    /// </summary>
    internal void End(string? truncation)
    {
        _sorter.Flush();
        _assembler.Flush();
        _probeHits.RequireAccesses();
        RecordingEnd end = _assembler.ToEnd((long)Math.Min(_hasLostSamples ? _lostSamples : _lost, long.MaxValue), truncation);
        _sink.OnEnd(end with { Notes = [.. end.Notes, .. _probeHits.Notes(), .. Notes()] });
    }

    private IEnumerable<string> Notes()
    {
        if (SkippedEvents > 0)
        {
            yield return $"{SkippedEvents} samples of other events were skipped";
        }

        if (_nrSchemes > 0)
        {
            yield return $"{_nrSchemes} events of schemes were read; 'report schemes' shows them, text and perf.data have them with --all-events";
        }

        if (_events.AnyWithoutAge)
        {
            yield return "the events have no age (Linux before 5.17): it is 0 for all regions";
        }
    }

    private static ulong AddSaturating(ulong sum, ulong value) => value > ulong.MaxValue - sum ? ulong.MaxValue : sum + value;

    /// <summary>
    /// damos_before_apply has the same size and its addresses in the same place, but no pad, and small numbers where ours has
    /// nr_regions.
    /// </summary>
    private static bool IsPlausible(PerfEvent source, ReadOnlySpan<byte> raw)
    {
        source.Aggregated!.Read(raw, out DamonAggregated aggregated);
        return BinaryPrimitives.ReadUInt16LittleEndian(raw) == source.Attribute.Config
            && raw.Length == TracepointFormats.AggregatedBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(raw[^4..]) == 0
            && aggregated.NrRegions > 0
            && aggregated.Start < aggregated.End;
    }

    private bool TryTakeIntervalsTune(PerfEvent source, ReadOnlySpan<byte> sample, ReadOnlySpan<byte> raw)
    {
        if (raw.Length < source.SampleUs.End)
        {
            return false;
        }

        ref PendingEvent pending = ref AddPending(source.Layout, sample, raw);
        pending.Kind = EventKind.IntervalsTune;
        pending.SampleUs = source.SampleUs.Read(raw);
        DeliverUntimed(pending);
        return true;
    }

    private bool TryTakeScheme(PerfEvent source, ReadOnlySpan<byte> sample, ReadOnlySpan<byte> raw)
    {
        if (raw.Length < source.Scheme!.Bytes)
        {
            return false;
        }

        int place = _schemes.Put(source.Scheme.Read(raw));
        ref PendingEvent pending = ref AddPending(source.Layout, sample, raw);
        pending.Kind = EventKind.Scheme;
        pending.SchemePlace = place;
        DeliverUntimed(pending);
        return true;
    }

    /// <summary>A __data_loc field holds length and offset of its bytes: length in the upper 16 bits, offset in the lower.</summary>
    private static bool AnyHit(EventField location, ReadOnlySpan<byte> raw)
    {
        if (location.Size != sizeof(uint) || raw.Length < location.End)
        {
            return false;
        }

        uint value = (uint)location.Read(raw);
        (int offset, int length) = ((int)(value & 0xFFFF), (int)(value >> 16));
        return offset + length <= raw.Length && raw.Slice(offset, length).ContainsAnyExcept((byte)0);
    }

    private ref PendingEvent AddPending(SampleLayout layout, ReadOnlySpan<byte> sample, ReadOnlySpan<byte> raw)
    {
        ulong time = layout.TimeAt >= 0 ? BinaryPrimitives.ReadUInt64LittleEndian(sample[layout.TimeAt..]) : 0;
        ref PendingEvent pending = ref AddPending(time);
        pending.Cpu = layout.CpuAt >= 0 ? BinaryPrimitives.ReadInt32LittleEndian(sample[layout.CpuAt..]) : -1;

        // Without TID the record itself knows: common_pid is the thread's id.
        const int CommonPidAt = TracepointFormats.CommonPidAt;
        pending.Tid = layout.TidAt >= 0
            ? BinaryPrimitives.ReadInt32LittleEndian(sample[(layout.TidAt + sizeof(int))..])
            : raw.Length >= CommonPidAt + sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(raw[CommonPidAt..]) : 0;
        return ref pending;
    }

    /// <summary>What has no time waits for nothing, as in perf.</summary>
    private ref PendingEvent AddPending(ulong timeNs)
    {
        if (!IsUntimed(timeNs))
        {
            return ref _sorter.Add(timeNs);
        }

        _untimed[0].TimeNs = timeNs;
        return ref _untimed[0];
    }

    private static bool IsUntimed(ulong timeNs) => timeNs is 0 or ulong.MaxValue;

    private void DeliverUntimed(in PendingEvent pending)
    {
        if (IsUntimed(pending.TimeNs))
        {
            Deliver(_untimed, 0, 1);
        }
    }

    private void Deliver(PendingEvent[] events, int from, int count)
    {
        foreach (ref readonly PendingEvent pending in events.AsSpan(from, count))
        {
            if (pending.Kind == EventKind.Aggregated)
            {
                _assembler.Add(_names.Get(pending.Tid), pending.Tid, in pending.Aggregated, (long)pending.TimeNs, pending.Cpu, pending.EventIndex);
            }
            else
            {
                DeliverOther(in pending);
            }
        }
    }

    private void DeliverOther(in PendingEvent pending)
    {
        switch (pending.Kind)
        {
            case EventKind.Comm:
                _names.Set(pending.Tid, pending.Name);
                break;
            case EventKind.Fork:
                _names.Fork(parentTid: pending.Cpu, pending.Tid);
                break;
            case EventKind.Scheme:
                SchemeEvent scheme = _schemes.Take(pending.SchemePlace);
                scheme.TimestampNs = (long)pending.TimeNs;
                scheme.Cpu = pending.Cpu;
                scheme.Kdamond = _names.Get(pending.Tid);
                scheme.KdamondTid = pending.Tid;
                _nrSchemes++;
                _sink.OnScheme(in scheme);
                break;
            default:
                _sink.OnIntervalsTuned((long)pending.TimeNs, pending.Cpu, _names.Get(pending.Tid), pending.Tid, pending.SampleUs);
                break;
        }
    }

    private void Finish(Snapshot snapshot)
    {
        snapshot.WallOffsetNs = WallOffsetNs;
        _sink.OnSnapshot(snapshot);
    }
}
