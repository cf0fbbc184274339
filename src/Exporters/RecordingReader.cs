using System.Buffers.Binary;
using Damon.Trace.Exporters.Compression;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Parquet.Reading;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Exporters;

/// <summary>
/// Reads a recording of any format we know, recognised by its first bytes and never by its name, also one that gzip, zstd or xz made
/// smaller. Works on pipes: only perf.data and Parquet files have to be read from back to front, and are kept in a temporary file when they
/// come through one or out of a decompressor.
/// </summary>
public sealed class RecordingReader : IRecordingReader, IDisposable
{
    private const int PrefixBytes = DamoBinaryReader.RecognizableBytes;

    private readonly string _name;
    private Stream _stream;

    /// <param name="stream">Where to read; owned from here on.</param>
    /// <param name="name">How messages call it.</param>
    public RecordingReader(Stream stream, string name)
    {
        _stream = new HeldStream(stream);
        _name = name;
    }

    /// <summary>Opens a file, or standard input for <c>-</c>.</summary>
    public static RecordingReader Open(string path)
    {
        if (path == "-")
        {
            return new RecordingReader(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0), "standard input");
        }

        // The readers have windows of their own. A recording may still be growing.
        FileStreamOptions options = new()
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 0,
        };
        return new RecordingReader(new FileStream(path, options), path);
    }

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        string name = _name;
        try
        {
            ReadOnlyMemory<byte> prefix = ReadPrefix();
            if (CompressedInput.TryOpen(prefix.Span, new PrefixedStream(prefix, _stream)) is { } expanded)
            {
                _stream = new HeldStream(expanded);
                name += " (expanded)";
                prefix = ReadPrefix();
            }

            using Stream? spooled = NeedsSeeking(prefix.Span) ? Spool(prefix.Span, cancellation) : null;
            CreateReader(prefix, spooled ?? new PrefixedStream(prefix, _stream), isFile: _stream.CanSeek).Read(sink, cancellation);
        }
        catch (RecordingFormatException e)
        {
            // Readers know where in the input, not how it is called.
            string damage = IInputDamage.Of(_stream) is { } known ? $"; {known}" : "";
            throw new RecordingFormatException($"{name}: {e.Message}{damage}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private ReadOnlyMemory<byte> ReadPrefix()
    {
        byte[] first = new byte[PrefixBytes];
        return first.AsMemory(0, _stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false));
    }

    private static IRecordingReader CreateReader(ReadOnlyMemory<byte> prefix, Stream stream, bool isFile)
    {
        ReadOnlySpan<byte> first = prefix.Span;
        if (first.StartsWith(NetTraceReader.Magic))
        {
            return new NetTraceReader(stream);
        }

        if (first.StartsWith(PerfDataReader.Magic) || first.StartsWith(PerfFile.SwappedMagic))
        {
            return new PerfDataReader(stream);
        }

        if (first.StartsWith(ParquetFile.Magic))
        {
            return new ParquetRecordingReader(stream);
        }

        if (DamoBinaryReader.Recognizes(first))
        {
            return new DamoBinaryReader(stream);
        }

        if (IsDamoJson(first))
        {
            return new DamoJsonReader(stream);
        }

        if (Refusal(first) is { } reason)
        {
            throw new RecordingFormatException(reason);
        }

        return new PerfScriptText(stream, isFile);
    }

    /// <summary>Text may begin with the bytes of a zlib stream ("hb" is one); damo's streams have a second byte that no text has.</summary>
    private static bool IsDamoJson(ReadOnlySpan<byte> first) =>
        first is [0x78, 0x01 or 0x9c or 0xda, ..] || (first is not [] && !IsZlibLike(first) && DamoJsonReader.Recognizes(first));

    private static bool IsZlibLike(ReadOnlySpan<byte> first) => (first[0] & 0x0f) == 8;

    private static bool NeedsSeeking(ReadOnlySpan<byte> first) =>
        first.StartsWith(ParquetFile.Magic)
        || (first.Length >= PerfFile.PipeHeaderBytes && first.StartsWith(PerfDataReader.Magic)
            && BinaryPrimitives.ReadUInt64LittleEndian(first[PerfFile.HeaderSizeAt..]) == PerfFile.HeaderBytes);

    /// <summary>The file itself where it can be rewound; else a copy that is gone when it is closed.</summary>
    private Stream Spool(ReadOnlySpan<byte> prefix, CancellationToken cancellation)
    {
        if (_stream.CanSeek && _stream.Position == prefix.Length)
        {
            _stream.Position = 0;
            return _stream;
        }

        return NamelessFile.CopyOf(prefix, _stream, cancellation);
    }

    /// <summary>Formats that are known and not read, each with the way to go on; null for what may be text.</summary>
    private static string? Refusal(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty)
        {
            return "offset 0: the input is empty";
        }

        // Text may hold tabs, line ends and UTF-8; what has other control characters is some binary format.
        bool binary = first.ContainsAnyInRange((byte)0, (byte)8) || first.ContainsAnyInRange((byte)14, (byte)31);
        return binary
            ? "offset 0: expected a recording (.nettrace, perf.data, Parquet, damo's formats or the text of perf script), found "
                + Convert.ToHexString(first[..Math.Min(first.Length, 16)])
            : null;
    }

    /// <summary>The text reader ends a recording when it is cancelled; here a cancelled one has no end.</summary>
    private sealed class PerfScriptText(Stream stream, bool isFile) : IRecordingReader
    {
        public void Read(IRecordingSink sink, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            new PerfScriptReader(stream, isFile).ReadTo(sink, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
