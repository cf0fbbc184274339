using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Walks the records of a perf.data file or pipe: u32 type, u16 misc, u16 size, body. Samples and what names threads go to the
/// dispatcher; descriptions that a pipe has among its records are taken up; the rest is stepped over.
/// </summary>
internal sealed class RecordWalker(RecordWindow window, PerfEvents events, RecordDispatcher dispatcher, bool isPipe) : IDisposable
{
    /// <summary>Formats, and the kernel's symbols when perf was told to add them, which are not needed.</summary>
    internal const int MaxTracingDataBytes = 64 * 1024 * 1024;

    /// <summary>perf compresses at most one ring per record; more than this is no ring.</summary>
    private const long MaxExpandedBytes = 64 * 1024 * 1024;

    private CompressedRecords? _compressed;
    private string? _stop;
    private uint _payloadType;
    private ulong _payloadBytes;
    private bool _inCompressed;
    private bool _checked;

    /// <summary>Reads to the end; returns why the recording breaks off, or null.</summary>
    internal string? Walk(CancellationToken cancellation)
    {
        int needed = RecordType.HeaderBytes;
        while (window.TryFill(needed))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> available = window.Available;
            int taken = TakeRecords(available, window.Offset);
            window.Advance(taken);
            if (_stop is null && _payloadBytes > 0)
            {
                TakePayload();
            }

            if (_stop is not null)
            {
                return _stop;
            }

            // Nothing taken: the record that begins here is not all there yet.
            needed = window.Available.Length >= RecordType.HeaderBytes
                ? Math.Max(RecordType.HeaderBytes, (int)BinaryPrimitives.ReadUInt16LittleEndian(window.Available[6..]))
                : RecordType.HeaderBytes;
        }

        return window.Error is { } error ? $"offset {window.Offset}: {error}"
            : !window.Available.IsEmpty ? $"offset {window.Offset}: the file ends within a record"
            : window.Limit != long.MaxValue && window.Offset < window.Limit
                ? $"offset {window.Offset}: the file ends, but its data should go on to offset {window.Limit}"
                : null;
    }

    public void Dispose() => _compressed?.Dispose();

    /// <summary>
    /// Takes whole records from the begin of some bytes; returns how many bytes that were. A record whose payload follows is the last.
    /// </summary>
    private int TakeRecords(ReadOnlySpan<byte> bytes, long offset)
    {
        int at = 0;
        while (bytes.Length - at >= RecordType.HeaderBytes)
        {
            ReadOnlySpan<byte> record = bytes[at..];
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(record);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
            if (size < RecordType.HeaderBytes)
            {
                _stop = $"offset {offset + at}: expected a record, found one of type {type} and {size} bytes";
                break;
            }

            if (size > record.Length)
            {
                break;
            }

            record = record[..size];
            if (!TryTake(type, record))
            {
                string expected = type == RecordType.Sample ? "a sample as its event describes it" : "a record as its type describes it";
                _stop ??= $"offset {offset + at}: expected {expected}, found other fields";
                break;
            }

            at += size;
            if (_payloadBytes > 0)
            {
                break;
            }
        }

        return at;
    }

    private bool TryTake(uint type, ReadOnlySpan<byte> record)
    {
        if (type == RecordType.Sample)
        {
            CheckReadable();
            return dispatcher.TryTakeSample(record);
        }

        switch (type)
        {
            case RecordType.Comm or RecordType.Fork:
                dispatcher.TakeThread(type, record);
                return true;
            case RecordType.Lost or RecordType.LostSamples:
                dispatcher.TakeLoss(type, BinaryPrimitives.ReadUInt16LittleEndian(record[4..]), record);
                return true;
            case RecordType.FinishedRound:
                dispatcher.EndRound();
                return true;
            default:
                return type < RecordType.HeaderAttr || TryTakeOwn(type, record);
        }
    }

    /// <summary>The records perf itself writes among the kernel's.</summary>
    private bool TryTakeOwn(uint type, ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> body = record[RecordType.HeaderBytes..];
        switch (type)
        {
            case RecordType.HeaderAttr when isPipe:
                return TryAddAttribute(body);
            case RecordType.HeaderTracingData when body.Length >= sizeof(uint):
                _payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(body);
                _payloadType = type;
                return true;
            case RecordType.AuxTrace when body.Length >= sizeof(ulong):
                _payloadBytes = BinaryPrimitives.ReadUInt64LittleEndian(body);
                _payloadType = type;
                return true;
            case RecordType.HeaderFeature when isPipe && body.Length >= sizeof(ulong):
                if (BinaryPrimitives.ReadUInt64LittleEndian(body) == Feature.ClockData)
                {
                    dispatcher.WallOffsetNs = ClockData.WallOffset(body[sizeof(ulong)..]) ?? dispatcher.WallOffsetNs;
                }

                return true;
            case RecordType.Compressed:
                return TryExpand(body);
            case RecordType.Compressed2 when body.Length >= sizeof(ulong):
                ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(body);
                body = body[sizeof(ulong)..];
                return bytes <= (ulong)body.Length && TryExpand(body[..(int)bytes]);
            default:
                return true;
        }
    }

    /// <summary>perf_event_attr, then the identifiers.</summary>
    private bool TryAddAttribute(ReadOnlySpan<byte> body)
    {
        if (body.Length < EventAttribute.MinBytes)
        {
            return false;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        size = size == 0 ? EventAttribute.MinBytes : size;
        if (size < EventAttribute.MinBytes || size > (uint)body.Length)
        {
            return false;
        }

        events.Add(EventAttribute.Parse(body[..(int)size]), body[(int)size..]);
        return true;
    }

    /// <summary>Before the first sample everything must be described that we can read.</summary>
    private void CheckReadable()
    {
        if (!_checked)
        {
            _checked = true;
            NoDamonEvents.ThrowIf(events);
        }
    }

    private bool TryExpand(ReadOnlySpan<byte> body)
    {
        if (_inCompressed)
        {
            return false;
        }

        _compressed ??= new CompressedRecords();
        _inCompressed = true;
        long offset = window.Offset;
        string? error = _compressed.Expand(
            body, MaxExpandedBytes, bytes => TakeRecords(bytes, offset), () => _stop is not null || _payloadBytes > 0);
        _stop = error is null ? _stop : $"offset {offset}: {error}";
        _inCompressed = false;
        if (_payloadBytes > 0)
        {
            _stop ??= $"offset {offset}: a record with a payload within compressed records";
        }

        return _stop is null;
    }

    private void TakePayload()
    {
        ulong bytes = _payloadBytes;
        _payloadBytes = 0;
        long offset = window.Offset;
        if (_payloadType == RecordType.AuxTrace || bytes > MaxTracingDataBytes)
        {
            if (!window.TrySkip(bytes))
            {
                _stop = $"offset {offset}: the file ends within the {bytes} bytes of a record";
            }

            return;
        }

        byte[]? payload = ReadPayload((int)bytes);
        if (payload is null)
        {
            _stop = $"offset {offset}: the file ends within the description of the events";
            return;
        }

        try
        {
            events.AddFormats(TracingData.Parse(payload));
        }
        catch (RecordingFormatException e)
        {
            _stop = $"offset {offset}: {e.Message}";
        }
    }

    /// <summary>Grows with what is there, not with what a broken record claims.</summary>
    private byte[]? ReadPayload(int bytes)
    {
        using MemoryStream payload = new();
        while (payload.Length < bytes)
        {
            if (!window.TryFill(1))
            {
                return null;
            }

            int step = (int)Math.Min(bytes - payload.Length, window.Available.Length);
            payload.Write(window.Available[..step]);
            window.Advance(step);
        }

        return payload.ToArray();
    }
}
