using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Reads a recording of any format we know, recognised by its first bytes and never by its name. Works on pipes.
/// </summary>
public sealed class RecordingReader : IRecordingReader, IDisposable
{
    private readonly Stream _stream;
    private readonly string _name;

    /// <param name="stream">Where to read; owned from here on.</param>
    /// <param name="name">How messages call it.</param>
    public RecordingReader(Stream stream, string name)
    {
        _stream = stream;
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
        byte[] first = new byte[NetTraceReader.Magic.Length];
        int count = _stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        ReadOnlyMemory<byte> prefix = first.AsMemory(0, count);
        CreateReader(prefix, new PrefixedStream(prefix, _stream)).Read(sink, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private IRecordingReader CreateReader(ReadOnlyMemory<byte> prefix, Stream stream)
    {
        ReadOnlySpan<byte> first = prefix.Span;
        if (first.SequenceEqual(NetTraceReader.Magic))
        {
            return new NetTraceReader(stream);
        }

        if (Refusal(first) is { } reason)
        {
            throw new RecordingFormatException($"{_name}: {reason}");
        }

        return new PerfScriptText(stream);
    }

    /// <summary>Formats that are known and not read, each with the way to go on; null for what may be text.</summary>
    private static string? Refusal(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty)
        {
            return "offset 0: the input is empty";
        }

        if (first.StartsWith("PERFILE2"u8))
        {
            return "perf.data is not read yet; hint: perf script -i FILE | damon-trace script -i -";
        }

        if (first.StartsWith("PAR1"u8))
        {
            return "Parquet is for other tools to read; hint: give the recording it was exported from";
        }

        if (first.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) || first.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
        {
            return "the input is compressed; hint: zcat or zstdcat FILE | damon-trace script -i -";
        }

        // Text may hold tabs, line ends and UTF-8; what has other control characters is some binary format.
        bool binary = first.ContainsAnyInRange((byte)0, (byte)8) || first.ContainsAnyInRange((byte)14, (byte)31);
        return binary
            ? $"offset 0: expected \"Nettrace\" or the text of perf script, found {Convert.ToHexString(first)}"
            : null;
    }

    /// <summary>The text reader ends a recording when it is cancelled; here a cancelled one has no end.</summary>
    private sealed class PerfScriptText(Stream stream) : IRecordingReader
    {
        public void Read(IRecordingSink sink, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            new PerfScriptReader(stream).ReadTo(sink, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
