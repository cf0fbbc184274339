namespace Damon.Trace.Cli.Recording;

/// <summary>
/// Passes a stream on to its reader and copies what is read to outputs: the .nettrace is the session's stream, byte for byte. An output
/// that fails is left alone from then on and its error kept; the reader goes on, because a session that nobody reads hangs its process.
/// </summary>
internal sealed class TeeStream : Stream
{
    private readonly Stream _source;
    private readonly List<Copy> _copies;

    internal TeeStream(Stream source, IEnumerable<(Stream Output, Action<IOException> Failed)> outputs)
    {
        _source = source;
        _copies = [.. outputs.Select(output => new Copy(output.Output, output.Failed))];
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = _source.Read(buffer);
        foreach (Copy copy in _copies)
        {
            copy.Write(buffer[..read]);
        }

        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private sealed class Copy(Stream output, Action<IOException> failed)
    {
        private bool _failed;

        internal void Write(ReadOnlySpan<byte> data)
        {
            if (_failed)
            {
                return;
            }

            try
            {
                output.Write(data);
            }
            catch (IOException error)
            {
                _failed = true;
                failed(error);
            }
        }
    }
}
