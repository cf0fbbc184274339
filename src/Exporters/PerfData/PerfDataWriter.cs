using System.Buffers.Binary;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Writes a recording as a perf.data file: the installed perf reads it as if it had recorded the kernel's own <c>damon_aggregated</c>,
/// with <c>perf script</c>, <c>perf report</c>, <c>perf data convert</c>. Constant memory: one buffer of 1 MiB and the names of the
/// threads. The stream must be seekable, begin empty, and belongs to the caller.
/// </summary>
/// <remarks>
/// <para>The file is whole after every block written (1 MiB, or one second of the recording): the features follow the data each time and
/// are overwritten by the next block. If the writer is killed, perf reads everything up to the last block. Only between the two writes of
/// one block the header does not fit; then our own reader still finds the formats, which stand before the data for that reason.</para>
/// <para>perf sorts the events by time. It keeps in memory what it has not seen two round records after; there is one every 64 Ki events.
/// Once there are several targets they span 10 s at least, because a snapshot of which events were lost arrives as late as the next one of
/// its target.</para>
/// </remarks>
public sealed class PerfDataWriter : IRecordingSink
{
    private const int AttrEntryBytes = EventAttribute.Bytes + PerfFile.SectionBytes;
    private const int EventsPerRound = 64 * 1024;
    private const ulong NsPerRound = 10_000_000_000;
    private const ulong NsPerBlock = 1_000_000_000;

    private readonly Stream _output;
    private readonly PerfDataOptions _options;
    private readonly MachineDescription _machine;
    private readonly EventEncoder _encoder;
    private readonly byte[] _tracingData;
    private long _dataEnd;
    private long _eventsAtRound;
    private ulong _timeAtRound;
    private ulong _timeAtBlock;
    private (int Tid, ulong TargetId)? _only;
    private bool _several;

    /// <param name="output">Where to; left open.</param>
    /// <param name="options">How; null: the defaults.</param>
    public PerfDataWriter(Stream output, PerfDataOptions? options = null)
    {
        if (!output.CanSeek)
        {
            throw new ArgumentException("a perf.data file needs a seekable stream; pipes take PerfPipeWriter", nameof(output));
        }

        _output = output;
        _options = options ?? new PerfDataOptions();
        _machine = _options.Machine ?? MachineDescription.OfThisMachine();
        _encoder = new EventEncoder(_options.AllEvents, WriteBlock);
        _tracingData = TracingDataBuilder.Build(_options.AllEvents);
        _dataEnd = DataBegin;
    }

    /// <summary>Events written or waiting in the buffer.</summary>
    public long Events => _encoder.Events;

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => _encoder.OnContext();

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _encoder.OnHeartbeat(heartbeat);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        if (_options.AllEvents)
        {
            _several = true;
            _encoder.Begin(cpu, timestampNs, null);
            _encoder.AddIntervalsTune(timestampNs, cpu, kdamond, kdamondTid, sampleUs);
        }
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        if (_options.AllEvents)
        {
            _several = true;
            _encoder.Begin(scheme.Cpu, scheme.TimestampNs, null);
            _encoder.AddScheme(scheme);
        }
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        if (snapshot.Count == 0)
        {
            return;
        }

        _encoder.Begin(snapshot.Regions[0].Cpu, snapshot.Regions[0].TimestampNs, snapshot.WallOffsetNs);
        _encoder.AddSnapshot(snapshot);
        ulong time = _encoder.LastTimeNs;
        _only ??= (snapshot.KdamondTid, snapshot.TargetId);
        _several = _several || _only != (snapshot.KdamondTid, snapshot.TargetId);
        if (_encoder.Events - _eventsAtRound >= EventsPerRound && (!_several || time - _timeAtRound >= NsPerRound))
        {
            _encoder.AddRound();
            _eventsAtRound = _encoder.Events;
            _timeAtRound = time;
        }

        if (time - _timeAtBlock >= NsPerBlock)
        {
            WriteBlock();
        }
    }

    /// <summary>The last round also makes the data of an empty recording not empty, which perf takes for an interrupted one.</summary>
    public void OnEnd(RecordingEnd end)
    {
        _encoder.AddRound();
        WriteBlock();
        _output.SetLength(_output.Position);
        _output.Flush();
    }

    private int NrEvents => _options.AllEvents ? TracepointFormats.All.Count : 1;

    private int IdsBytes => _options.AllEvents ? NrEvents * sizeof(ulong) : 0;

    private int AttrsBegin => PerfFile.HeaderBytes + IdsBytes;

    private int TracingDataBegin => AttrsBegin + (NrEvents * AttrEntryBytes);

    private int DataBegin => TracingDataBegin + _tracingData.Length;

    /// <summary>Appends the block, then the features, then makes the header fit. Leaves the stream behind the features.</summary>
    private void WriteBlock()
    {
        _timeAtBlock = _encoder.LastTimeNs;
        ReadOnlySpan<byte> block = _encoder.Encoded;
        _output.Position = _dataEnd;
        _output.Write(block);
        _dataEnd += block.Length;
        _encoder.Clear();
        List<(int Bit, byte[] Payload)> features = FeatureBuilder.Build(_encoder, _machine, _options);
        byte[] trailer = PerfFile.Trailer(_dataEnd, features, (TracingDataBegin, _tracingData.Length));
        _output.Write(trailer);
        _output.Position = 0;
        _output.Write(Head(features));
        _output.Position = _dataEnd + trailer.Length;
        _output.Flush();
    }

    /// <summary>Everything before the data.</summary>
    private byte[] Head(List<(int Bit, byte[] Payload)> features)
    {
        byte[] head = new byte[DataBegin];
        PerfFile.PutHeader(
            head, (AttrsBegin, NrEvents * AttrEntryBytes), (DataBegin, _dataEnd - DataBegin),
            features.Select(static feature => feature.Bit).Prepend(Feature.TracingData));
        EventAttribute[] attributes = _encoder.Attributes();
        for (int i = 0; i < attributes.Length; i++)
        {
            Span<byte> entry = head.AsSpan(AttrsBegin + (i * AttrEntryBytes));
            attributes[i].ToBytes().CopyTo(entry);
            if (_options.AllEvents)
            {
                int idAt = PerfFile.HeaderBytes + (i * sizeof(ulong));
                BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(idAt), EventEncoder.IdentifierOf(i));
                PerfFile.PutSection(entry[EventAttribute.Bytes..], idAt, sizeof(ulong));
            }
        }

        _tracingData.CopyTo(head, TracingDataBegin);
        return head;
    }
}
