namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// A stream whose first bytes were already read, to look at them: pipes cannot go back. Tells whether the end was reached and hands an
/// end on, so that a decompressor's complaint can be told from a broken input.
/// </summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
{
    /// <summary>True once a read found nothing more.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Bytes handed out.</summary>
    internal long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Taken;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (!prefix.IsEmpty && !buffer.IsEmpty)
        {
            read = Math.Min(prefix.Length, buffer.Length);
            prefix.Span[..read].CopyTo(buffer);
            prefix = prefix[read..];
        }
        else
        {
            read = rest.Read(buffer);
            Ended |= read == 0 && !buffer.IsEmpty;
        }

        Taken += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
