namespace Damon.Trace.TraceEvents;

/// <summary>Knows how far a stream was read and how it began: TraceEvent's exceptions do not say where they happened.</summary>
internal sealed class CountingStream(Stream inner) : Stream
{
    private readonly byte[] _first = new byte[8];

    public long Offset { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Offset;
        set => throw new NotSupportedException();
    }

    public bool StartsWith(ReadOnlySpan<byte> magic) => Offset >= magic.Length && _first.AsSpan().StartsWith(magic);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int got;
        try
        {
            got = inner.Read(buffer);
        }
        catch (IOException)
        {
            // A killed session: to TraceEvent it is the end of the stream, which it reports as one inside a block.
            return 0;
        }

        for (int i = 0; i < got && Offset + i < _first.Length; i++)
        {
            _first[Offset + i] = buffer[i];
        }

        Offset += got;
        return got;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
