using Damon.Trace.Events;

namespace Damon.Trace.Cli.Input;

/// <summary>An input as it is read: its errors name it, and how much was read can be asked for from any thread.</summary>
internal sealed class InputStream(Stream source, string name) : Stream
{
    private long _read;

    /// <summary>Bytes read.</summary>
    internal long BytesRead => Volatile.Read(ref _read);

    /// <summary>Bytes there are; null when only its end will tell.</summary>
    internal long? TotalBytes { get; } = source is { CanSeek: true, Length: > 0 } ? source.Length : null;

    public override bool CanRead => true;

    public override bool CanSeek => source.CanSeek;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => source.Position;
        set => source.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = source.Read(buffer);
            Volatile.Write(ref _read, _read + read);
            return read;
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not DamonTraceException)
        {
            throw InputException.Of(name, error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => source.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
