using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>Everything of a perf.data file that is not records: header, attributes, and the features behind the data.</summary>
internal sealed class PerfFileHead
{
    private const int MaxAttrsBytes = 16 * 1024 * 1024;
    private const int MaxAttrBytes = 4096;

    private readonly Stream _stream;
    private readonly PerfEvents _events;
    private readonly byte[] _header;
    private long _attrsEnd;

    private PerfFileHead(Stream stream, PerfEvents events)
    {
        _stream = stream;
        _events = events;
        _header = ReadAt(0, PerfFile.HeaderBytes)
            ?? throw new RecordingFormatException(
                $"offset 0: expected a perf.data header of {PerfFile.HeaderBytes} bytes, found {stream.Length}");
    }

    internal long DataBegin { get; private set; }

    /// <summary>long.MaxValue when the header does not tell, because perf was killed.</summary>
    internal long DataEnd { get; private set; } = long.MaxValue;

    internal long? WallOffsetNs { get; private set; }

    /// <summary>What is missing from the file, or null.</summary>
    internal string? Truncation { get; private set; }

    /// <exception cref="RecordingFormatException">The header is damaged, or the events are none of ours.</exception>
    internal static PerfFileHead Read(Stream stream, PerfEvents events)
    {
        PerfFileHead head = new(stream, events);
        head.ReadAttributes();
        head.ReadDataSection();
        head.ReadFeatures();
        NoDamonEvents.ThrowIf(events);
        return head;
    }

    private static (ulong Offset, ulong Size) SectionAt(ReadOnlySpan<byte> bytes) =>
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    /// <summary>Entries of {perf_event_attr, section of identifiers}.</summary>
    private void ReadAttributes()
    {
        ulong entryBytes = BinaryPrimitives.ReadUInt64LittleEndian(_header.AsSpan(PerfFile.AttrSizeAt));
        (ulong offset, ulong size) = SectionAt(_header.AsSpan(PerfFile.AttrsAt));
        if (entryBytes is < EventAttribute.MinBytes + PerfFile.SectionBytes or > MaxAttrBytes || size < entryBytes || size > MaxAttrsBytes)
        {
            throw new RecordingFormatException(
                $"offset {PerfFile.AttrSizeAt}: expected the attributes of events, found {size} bytes in entries of {entryBytes}");
        }

        byte[] attrs = ReadAt(offset, (int)size)
            ?? throw new RecordingFormatException($"offset {offset}: expected {size} bytes of attributes, found the end of the file");
        _attrsEnd = (long)(offset + size);
        ulong idsRead = 0;
        for (int at = 0; at + (int)entryBytes <= attrs.Length && _events.All.Count < PerfEvents.MaxEvents; at += (int)entryBytes)
        {
            ReadOnlySpan<byte> entry = attrs.AsSpan(at, (int)entryBytes);
            (ulong idsOffset, ulong idsSize) = SectionAt(entry[^PerfFile.SectionBytes..]);
            idsRead += Math.Min(idsSize, int.MaxValue);
            byte[]? ids = idsRead / sizeof(ulong) > PerfEvents.MaxIdentifiers ? null : ReadAt(idsOffset, (int)idsSize);
            _events.Add(EventAttribute.Parse(entry[..^PerfFile.SectionBytes]), ids ?? throw new RecordingFormatException(
                $"offset {idsOffset}: expected {idsSize} bytes of identifiers, found the end of the file"));
        }
    }

    private void ReadDataSection()
    {
        (ulong offset, ulong size) = SectionAt(_header.AsSpan(PerfFile.DataAt));
        if (offset < PerfFile.HeaderBytes || offset > long.MaxValue / 2 || size > long.MaxValue / 2)
        {
            throw new RecordingFormatException($"offset {PerfFile.DataAt}: expected where the data is, found {offset} and {size} bytes");
        }

        DataBegin = (long)offset;
        if (size > 0)
        {
            DataEnd = (long)(offset + size);
        }
        else
        {
            Truncation = "perf was killed before it finished the file's header";
        }
    }

    /// <summary>A section per bit set, behind the data. A file that breaks off has lost them, and with them the formats.</summary>
    private void ReadFeatures()
    {
        if (HasFeature(Feature.DirFormat))
        {
            throw new RecordingFormatException(
                "this is one file of a perf.data directory (perf record --threads), which we cannot read; hint: record without --threads");
        }

        int index = 0;
        for (int bit = 0; bit < Feature.MaxBits && DataEnd < long.MaxValue; bit++)
        {
            if (HasFeature(bit))
            {
                ReadFeature(bit, (ulong)DataEnd + ((ulong)index * PerfFile.SectionBytes));
                index++;
            }
        }

        if (!_events.AnyFormat)
        {
            ReadFormatsWithoutSection();
        }
    }

    private bool HasFeature(int bit) => (_header[PerfFile.FeaturesAt + (bit / 8)] & (1 << (bit % 8))) != 0;

    private void ReadFeature(int bit, ulong sectionAt)
    {
        if (bit is not (Feature.TracingData or Feature.ClockData) || ReadAt(sectionAt, PerfFile.SectionBytes) is not { } section)
        {
            return;
        }

        (ulong offset, ulong size) = SectionAt(section);
        byte[]? payload = size > RecordWalker.MaxTracingDataBytes ? null : ReadAt(offset, (int)size);
        if (payload is null)
        {
            return;
        }

        if (bit == Feature.ClockData)
        {
            WallOffsetNs = ClockData.WallOffset(payload);
        }
        else if (TracingData.IsTracingData(payload))
        {
            _events.AddFormats(TracingData.Parse(payload));
        }
    }

    /// <summary>Ours stand behind the attributes too. In other files the layout of kernels since 5.17 is assumed, event by event.</summary>
    private void ReadFormatsWithoutSection()
    {
        Truncation ??= "the features behind the data are missing";
        int length = (int)Math.Min(Math.Max(0, DataBegin - _attrsEnd), RecordWalker.MaxTracingDataBytes);
        if (ReadAt((ulong)_attrsEnd, length) is { } early && TracingData.IsTracingData(early))
        {
            _events.AddFormats(TracingData.Parse(early));
            return;
        }

        Truncation += ", and with them the formats of the events: taken for those of a kernel since 5.17";
        _events.AssumeFormats();
    }

    private byte[]? ReadAt(ulong offset, int count)
    {
        ulong length = (ulong)_stream.Length;
        if (offset > length || (ulong)count > length - offset)
        {
            return null;
        }

        byte[] bytes = new byte[count];
        _stream.Position = (long)offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
