namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// A window that slides over a stream in large blocks: records are parsed where they were read. Never waits for more than asked for.
/// </summary>
internal sealed class RecordWindow(Stream stream)
{
    /// <summary>Larger than any record (64 KiB), small enough to be parsed while it is still in the second cache.</summary>
    private const int Bytes = 1 << 18;

    private readonly byte[] _window = GC.AllocateUninitializedArray<byte>(Bytes);
    private int _position;
    private int _filled;
    private long _read;

    /// <summary>Offset of the next byte, counted from where the stream stood at first or from what <see cref="Seek"/> said.</summary>
    internal long Offset => _read - (_filled - _position);

    /// <summary>Offset at which the data ends; what follows is not read.</summary>
    internal long Limit { get; set; } = long.MaxValue;

    /// <summary>Why the stream could not be read further; null when it just ended.</summary>
    internal string? Error { get; private set; }

    internal ReadOnlySpan<byte> Available => _window.AsSpan(_position, _filled - _position);

    /// <summary>Forgets what was read ahead and goes on at an offset of the stream, which must be seekable.</summary>
    internal void Seek(long offset)
    {
        // An offset behind the end, which not every stream takes, is where the data breaks off.
        _read = Math.Min(offset, stream.Length);
        stream.Position = _read;
        _position = _filled = 0;
    }

    /// <summary>Waits until so many bytes are available, at most 256 KiB; false when the stream or the data ends before.</summary>
    internal bool TryFill(int count)
    {
        if (_window.Length - _position < count)
        {
            Available.CopyTo(_window);
            _filled -= _position;
            _position = 0;
        }

        while (_filled - _position < count)
        {
            int got = ReadSome();
            if (got == 0)
            {
                return false;
            }

            _filled += got;
            _read += got;
        }

        return true;
    }

    internal void Advance(int count) => _position += count;

    /// <summary>Goes on behind so many bytes; false when the data ends before.</summary>
    internal bool TrySkip(ulong count)
    {
        while (true)
        {
            int step = (int)Math.Min(count, (ulong)(_filled - _position));
            _position += step;
            count -= (ulong)step;
            if (count == 0)
            {
                return true;
            }

            if (!TryFill(1))
            {
                return false;
            }
        }
    }

    private int ReadSome()
    {
        try
        {
            int room = (int)Math.Min(_window.Length - _filled, Math.Max(0, Limit - _read));
            return room == 0 ? 0 : stream.Read(_window, _filled, room);
        }
        catch (IOException e)
        {
            // A disk that fails, a pipe that breaks: what came before is still good.
            Error = e.Message;
            return 0;
        }
    }
}
