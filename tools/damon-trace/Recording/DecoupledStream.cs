namespace Damon.Trace.Cli.Recording;

/// <summary>
/// A stream whose writes never wait for its reader: they are queued, bounded, and written by a thread of its own. A recorder must not
/// stand still because the other end of a pipe does. Whoever writes asks <see cref="HasRoom"/> first and counts what it leaves out.
/// </summary>
internal sealed class DecoupledStream : Stream
{
    private readonly Stream _target;
    private readonly long _capacity;
    private readonly Queue<byte[]> _queue = new();
    private readonly Thread _writer;
    private long _queued;
    private bool _completed;
    private IOException? _error;

    /// <summary>Starts the writing thread.</summary>
    /// <param name="target">Where the bytes go; not disposed.</param>
    /// <param name="capacity">Bytes that may wait.</param>
    internal DecoupledStream(Stream target, long capacity)
    {
        _target = target;
        _capacity = capacity;
        _writer = new Thread(WriteAll) { Name = "stdout", IsBackground = true };
        _writer.Start();
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True while so many more bytes may be queued.</summary>
    internal bool HasRoom(long bytes)
    {
        lock (_queue)
        {
            return _queued + bytes <= _capacity;
        }
    }

    /// <summary>Why nothing more can be written; null while all is well.</summary>
    internal IOException? Error
    {
        get
        {
            lock (_queue)
            {
                return _error;
            }
        }
    }

    /// <summary>Lets the queue run dry.</summary>
    /// <returns>False when the reader did not take everything in time.</returns>
    internal bool Complete(TimeSpan patience)
    {
        lock (_queue)
        {
            _completed = true;
            Monitor.PulseAll(_queue);
        }

        return _writer.Join(patience);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The reader is gone; the error of an earlier write.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_queue)
        {
            if (_error is not null)
            {
                throw _error;
            }

            _queue.Enqueue(buffer.ToArray());
            _queued += buffer.Length;
            Monitor.PulseAll(_queue);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteAll()
    {
        while (Take() is byte[] data)
        {
            try
            {
                _target.Write(data);
                _target.Flush();
            }
            catch (IOException error)
            {
                Fail(error);
                return;
            }
        }
    }

    private byte[]? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_completed)
            {
                Monitor.Wait(_queue);
            }

            if (!_queue.TryDequeue(out byte[]? data))
            {
                return null;
            }

            _queued -= data.Length;
            return data;
        }
    }

    private void Fail(IOException error)
    {
        lock (_queue)
        {
            _error = error;
            _queue.Clear();
            _queued = 0;
        }
    }
}
