namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>A pipe: an output that can only be written to, and whose reader may go away after so many bytes.</summary>
internal sealed class PipeStream(long readerTakes = long.MaxValue) : Stream
{
    private readonly MemoryStream _received = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (_received.Length + count > readerTakes)
        {
            throw new IOException("Broken pipe");
        }

        _received.Write(buffer, offset, count);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    internal byte[] ToArray() => _received.ToArray();
}
