namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Lines of a stream through one buffer: hands out every line as soon as it has arrived, copies none.</summary>
internal sealed class LineReader(Stream input, int bufferBytes = LineReader.DefaultBufferBytes)
{
    internal const int DefaultBufferBytes = 128 * 1024;

    private readonly byte[] _buffer = new byte[bufferBytes];
    private long _bufferOffset;
    private int _begin;
    private int _end;
    private bool _skipRest;
    private bool _inputEnded;

    /// <summary>Number of the current line, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>Offset of the current line in the stream.</summary>
    internal long Offset { get; private set; }

    /// <summary>False for a last line without an end: who wrote it was interrupted.</summary>
    internal bool IsTerminated { get; private set; }

    /// <summary>The line is longer than the buffer; only its begin was handed out.</summary>
    internal bool IsTooLong { get; private set; }

    /// <summary>The next line without its end (LF or CRLF), valid until the next call. Bound by the search for LF; no allocation.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_begin + searched, _end - _begin - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                if (!_skipRest)
                {
                    line = Take(length, 1, terminated: true);
                    return true;
                }

                _skipRest = false;
                _begin += length + 1;
                searched = 0;
                continue;
            }

            searched = _end - _begin;
            if (_skipRest)
            {
                _begin = _end;
                searched = 0;
            }
            else if (searched == _buffer.Length)
            {
                line = Take(searched, 0, terminated: true);
                IsTooLong = true;
                _skipRest = true;
                return true;
            }

            if (!Fill())
            {
                line = searched > 0 ? Take(searched, 0, terminated: false) : default;
                return searched > 0;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length, int ending, bool terminated)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_begin, length);
        Offset = _bufferOffset + _begin;
        Number++;
        IsTerminated = terminated;
        IsTooLong = false;
        _begin += length + ending;
        return !line.IsEmpty && line[^1] == '\r' ? line[..^1] : line;
    }

    private bool Fill()
    {
        if (_inputEnded)
        {
            return false;
        }

        if (_begin > 0)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
            _bufferOffset += _begin;
            _end -= _begin;
            _begin = 0;
        }

        int read = input.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _inputEnded = read == 0;
        return read > 0;
    }
}
