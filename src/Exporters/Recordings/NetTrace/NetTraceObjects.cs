using System.Text;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>The objects of a stream one after the other, from behind the magic to the end mark. Used once.</summary>
internal sealed class NetTraceObjects(NetTraceInput input, IRecordingSink sink)
{
    private const byte EndOfStream = 1;
    private const byte BeginObject = 5;
    private const byte EndObject = 6;
    private const int SupportedVersion = 4;

    /// <summary>The runtime's blocks are about 100 KB; a size beyond this is a damaged file, not a reason to take memory.</summary>
    private const int LargestBlock = 256 * 1024 * 1024;

    private const int LargestName = 256;

    /// <summary>Behind the magic: the length of the serializer's name and the name.</summary>
    private static ReadOnlySpan<byte> SerializerName => "\x14\0\0\0!FastSerialization.1"u8;

    private EventBlocks? _blocks;
    private DamonEventDispatcher? _dispatcher;

    /// <summary>Reads everything; the sink has got its end when this returns.</summary>
    public void Read(CancellationToken cancellation)
    {
        string? truncation = ReadAll(cancellation);
        truncation = _blocks?.Finish() ?? truncation;
        _dispatcher ??= new DamonEventDispatcher(sink, wallOffsetNs: null);
        _dispatcher.End(_blocks?.LostEvents ?? 0, truncation);
    }

    private string? ReadAll(CancellationToken cancellation)
    {
        input.Advance(NetTraceReader.Magic.Length);
        if (!input.TryFill(SerializerName.Length))
        {
            return BreaksOff("the stream header");
        }

        if (!input.Peek(SerializerName.Length).SequenceEqual(SerializerName))
        {
            // Version 6 has another header here; no runtime writes it to its sessions.
            throw new RecordingFormatException(
                $"offset {input.Offset}: expected the header of NetTrace version 4, found {Convert.ToHexString(input.Peek(8))}; "
                + "hint: record with damon-trace or dotnet-trace collect");
        }

        input.Advance(SerializerName.Length);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!input.TryFill(1))
            {
                return input.Error is { } error
                    ? $"offset {input.Offset}: {error}"
                    : $"offset {input.Offset}: the stream ends without its end mark";
            }

            if (input.Peek(1)[0] == EndOfStream)
            {
                return null;
            }

            if (ReadObject() is { } failure)
            {
                return failure;
            }
        }
    }

    /// <summary>Begin tag, type (begin tag, null tag, version, least reader version, name, end tag), fields, end tag.</summary>
    private string? ReadObject()
    {
        const int typeSize = 3 + (3 * sizeof(int));
        if (!input.TryFill(typeSize))
        {
            return BreaksOff("the type of an object");
        }

        int version = input.PeekInt32(7);
        int nameLength = input.PeekInt32(11);
        ReadOnlySpan<byte> tags = input.Peek(3);
        if (tags[0] != BeginObject || tags[1] != BeginObject || tags[2] != EndOfStream || nameLength is <= 0 or > LargestName)
        {
            return $"offset {input.Offset}: expected an object, found {Convert.ToHexString(tags)}";
        }

        if (!input.TryFill(typeSize + nameLength + 1))
        {
            return BreaksOff("the type of an object");
        }

        string name = Encoding.ASCII.GetString(input.Peek(typeSize + nameLength)[typeSize..]);
        if (input.Peek(typeSize + nameLength + 1)[^1] != EndObject)
        {
            return $"offset {input.Offset + typeSize + nameLength}: expected the end of a type";
        }

        input.Advance(typeSize + nameLength + 1);
        string? failure = name == "Trace" ? ReadTrace(version) : ReadBlock(name);
        return failure ?? ReadEndOfObject(name);
    }

    private string? ReadTrace(int leastVersion)
    {
        if (leastVersion > SupportedVersion)
        {
            throw new RecordingFormatException(
                $"offset {input.Offset}: the stream needs a reader of NetTrace version {leastVersion}, this one reads {SupportedVersion}; "
                + "hint: record with damon-trace or dotnet-trace collect");
        }

        if (!input.TryFill(NetTraceHeader.Size))
        {
            return BreaksOff("the trace header");
        }

        if (_blocks is not null || NetTraceHeader.Parse(input.Peek(NetTraceHeader.Size)) is not { } header)
        {
            return $"offset {input.Offset}: the trace header is damaged";
        }

        input.Advance(NetTraceHeader.Size);
        _dispatcher = new DamonEventDispatcher(sink, header.WallOffsetNs);
        _blocks = new EventBlocks(input, _dispatcher, header);
        return null;
    }

    private string? ReadBlock(string name)
    {
        if (!input.TryFill(sizeof(int)))
        {
            return BreaksOff(name);
        }

        int size = input.PeekInt32(0);
        if (_blocks is null || size is < 0 or > LargestBlock)
        {
            return $"offset {input.Offset}: a {name} of {size} bytes" + (_blocks is null ? " before the trace header" : "");
        }

        input.Advance(sizeof(int));

        // Blocks begin at multiples of four.
        int padding = (int)(-input.Offset & 3);
        bool whole = input.TryFill(padding + size);
        input.Advance(Math.Min(padding, input.Available));
        string? failure = _blocks.Read(name, Math.Min(size, input.Available), whole);
        return failure ?? (whole ? null : BreaksOff(name));
    }

    private string? ReadEndOfObject(string name)
    {
        if (!input.TryFill(1))
        {
            return BreaksOff(name);
        }

        if (input.Peek(1)[0] != EndObject)
        {
            return $"offset {input.Offset}: expected the end of a {name}, found {input.Peek(1)[0]:x2}";
        }

        input.Advance(1);
        return null;
    }

    private string BreaksOff(string what) =>
        $"offset {input.Offset + input.Available}: {input.Error ?? "the stream ends"} inside {what}";
}
