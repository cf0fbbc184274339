using System.Buffers.Binary;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Writes a recording in perf's pipe format, for <c>| perf script -i -</c>: every snapshot leaves at once and perf prints it at once. The
/// output is valid wherever it breaks off. Constant memory: one buffer of 1 MiB and the names of the threads. The stream belongs to the
/// caller.
/// </summary>
public sealed class PerfPipeWriter : IRecordingSink
{
    private const int MaxFeatureBytes = 60_000;

    private readonly Stream _output;
    private readonly PerfDataOptions _options;
    private readonly EventEncoder _encoder;
    private bool _headWritten;
    private bool _clockWritten;

    /// <param name="output">Where to; left open.</param>
    /// <param name="options">How; null: the defaults.</param>
    public PerfPipeWriter(Stream output, PerfDataOptions? options = null)
    {
        _output = output;
        _options = options ?? new PerfDataOptions();
        _encoder = new EventEncoder(_options.AllEvents, WriteOut);
    }

    /// <summary>Events written.</summary>
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
            _encoder.Begin(cpu, timestampNs, null);
            AddHead();
            _encoder.AddIntervalsTune(timestampNs, cpu, kdamond, kdamondTid, sampleUs);
            Release();
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
            _encoder.Begin(scheme.Cpu, scheme.TimestampNs, null);
            AddHead();
            _encoder.AddScheme(scheme);
            Release();
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
        AddHead();
        _encoder.AddSnapshot(snapshot);
        Release();
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        AddHead();
        Release();
    }

    /// <summary>perf delivers at a round what came before the previous one: two rounds release everything.</summary>
    private void Release()
    {
        _encoder.AddRound();
        _encoder.AddRound();
        WriteOut();
        _output.Flush();
    }

    private void WriteOut()
    {
        // Forget even if the write fails: the same bytes must not be written a second time by the clean-up.
        try
        {
            _output.Write(_encoder.Encoded);
        }
        finally
        {
            _encoder.Clear();
        }
    }

    /// <summary>
    /// Attributes, features and formats before the first event; it waits for that event because it decides the fields of samples.
    /// </summary>
    private void AddHead()
    {
        if (!_headWritten)
        {
            _headWritten = true;
            Span<byte> magic = stackalloc byte[PerfFile.PipeHeaderBytes];
            PerfFile.Magic.CopyTo(magic);
            BinaryPrimitives.WriteUInt64LittleEndian(magic[PerfFile.HeaderSizeAt..], PerfFile.PipeHeaderBytes);
            _encoder.AddBytes(magic);
            AddAttributes();
            AddFeatures();
            AddTracingData();
        }

        if (!_clockWritten && _encoder.Clock is { } clock)
        {
            _clockWritten = true;
            AddFeature(Feature.ClockData, FeatureBuilder.ClockData(clock));
        }
    }

    private void AddAttributes()
    {
        EventAttribute[] attributes = _encoder.Attributes();
        Span<byte> identifier = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < attributes.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(identifier, EventEncoder.IdentifierOf(i));
            AddRecord(RecordType.HeaderAttr, attributes[i].ToBytes(), _options.AllEvents ? identifier : []);
        }
    }

    /// <summary>What a pipe can tell before the events: not their times, nor the largest cpu. Records end at 64 KiB.</summary>
    private void AddFeatures()
    {
        MachineDescription machine = _options.Machine ?? MachineDescription.OfThisMachine();
        foreach ((int bit, byte[] payload) in FeatureBuilder.Build(_encoder, machine, _options))
        {
            if (bit is not (Feature.NrCpus or Feature.EventDesc or Feature.ClockData) && payload.Length < MaxFeatureBytes)
            {
                AddFeature(bit, payload);
            }
        }
    }

    private void AddFeature(int bit, byte[] payload)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)bit);
        AddRecord(RecordType.HeaderFeature, number, payload);
    }

    /// <summary>The payload follows the record, which only tells its size.</summary>
    private void AddTracingData()
    {
        byte[] tracingData = TracingDataBuilder.Build(_options.AllEvents);
        Span<byte> size = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)tracingData.Length);
        AddRecord(RecordType.HeaderTracingData, size, []);
        _encoder.AddBytes(tracingData);
    }

    private void AddRecord(uint type, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int size = (RecordType.HeaderBytes + first.Length + second.Length + 7) / 8 * 8;
        byte[] record = new byte[size];
        BinaryPrimitives.WriteUInt32LittleEndian(record, type);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(6), checked((ushort)size));
        first.CopyTo(record.AsSpan(RecordType.HeaderBytes));
        second.CopyTo(record.AsSpan(RecordType.HeaderBytes + first.Length));
        _encoder.AddBytes(record);
    }
}
