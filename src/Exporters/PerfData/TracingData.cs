using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Reads the TRACING_DATA payload (tools/perf/util/trace-event-info.c writes it): magic, version, byte order, size of a long, page size,
/// header_page and header_event, ftrace's formats, then per system the format texts of its events. What follows them is not needed.
/// </summary>
internal ref struct TracingData
{
    private readonly ReadOnlySpan<byte> _payload;
    private int _at;

    private TracingData(ReadOnlySpan<byte> payload) => _payload = payload;

    internal static bool IsTracingData(ReadOnlySpan<byte> payload) => payload.StartsWith(TracingDataBuilder.Magic);

    /// <exception cref="RecordingFormatException">It breaks off or is not tracing data.</exception>
    internal static List<EventFormat> Parse(ReadOnlySpan<byte> payload)
    {
        if (!IsTracingData(payload))
        {
            throw new RecordingFormatException("the description of the events (tracing data) does not begin with its magic");
        }

        TracingData reader = new(payload) { _at = TracingDataBuilder.Magic.Length };
        return reader.ParseFormats();
    }

    private List<EventFormat> ParseFormats()
    {
        _ = Name(); // version
        if (Bytes(1)[0] != 0)
        {
            throw new RecordingFormatException("the events were recorded on a big-endian machine, which we cannot read");
        }

        _ = Bytes(1); // size of a long: the fields tell their own sizes
        _ = Bytes(sizeof(uint)); // page size
        for (int i = 0; i < 2; i++)
        {
            _ = Name(); // header_page, header_event
            _ = Text();
        }

        uint ftraceFormats = UInt32();
        for (uint i = 0; i < ftraceFormats; i++)
        {
            _ = Text();
        }

        List<EventFormat> formats = [];
        uint systems = UInt32();
        for (uint i = 0; i < systems; i++)
        {
            string system = Encoding.UTF8.GetString(Name());
            uint events = UInt32();
            for (uint j = 0; j < events; j++)
            {
                if (formats.Count > ushort.MaxValue)
                {
                    throw new RecordingFormatException("the description of the events (tracing data) has more events than there are ids");
                }

                formats.Add(EventFormat.Parse(system, Encoding.UTF8.GetString(Text())));
            }
        }

        return formats;
    }

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    private ReadOnlySpan<byte> Text() => Bytes(BinaryPrimitives.ReadUInt64LittleEndian(Bytes(sizeof(ulong))));

    private ReadOnlySpan<byte> Name()
    {
        int length = _payload[_at..].IndexOf((byte)0);
        ReadOnlySpan<byte> name = Bytes(length < 0 ? ulong.MaxValue : (ulong)length);
        _at++;
        return name;
    }

    private ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)(_payload.Length - _at))
        {
            throw new RecordingFormatException($"the description of the events (tracing data) breaks off after {_payload.Length} bytes");
        }

        ReadOnlySpan<byte> bytes = _payload.Slice(_at, (int)count);
        _at += (int)count;
        return bytes;
    }
}
