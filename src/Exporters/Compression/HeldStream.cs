namespace Damon.Trace.Exporters.Compression;

/// <summary>
/// An input that is not closed under its reader: recordings are read by other threads than the one that closes them, and a decompressor that is
/// closed while it works takes the process along. Closing it meanwhile takes effect when the read returns.
/// </summary>
/// <param name="source">The input; owned. Read by one thread at a time.</param>
internal sealed class HeldStream(Stream source) : Stream, IInputDamage
{
    private readonly Lock _lock = new();
    private bool _reading;
    private bool _closed;

    /// <inheritdoc/>
    public string? Damage => IInputDamage.Of(source);

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
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _reading = true;
        }

        try
        {
            return source.Read(buffer);
        }
        finally
        {
            bool close;
            lock (_lock)
            {
                _reading = false;
                close = _closed;
            }

            if (close)
            {
                source.Dispose();
            }
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
        bool close;
        lock (_lock)
        {
            close = disposing && !_closed && !_reading;
            _closed = true;
        }

        if (close)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
