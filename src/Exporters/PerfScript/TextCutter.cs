namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Cuts a text into blocks of whole lines: as many as have arrived and there is room for, at least one.</summary>
/// <param name="input">The text; stays the caller's.</param>
internal sealed class TextCutter(Stream input)
{
    private readonly byte[] _rest = new byte[TextBlock.MaxBytes];
    private int _restLength;
    private long _offset;
    private bool _inLongLine;

    /// <summary>Fills a block; false at the end. Bound by reading, and by copying what is behind the last line.</summary>
    internal bool TryCut(TextBlock block)
    {
        Span<byte> room = block.Room;
        _rest.AsSpan(0, _restLength).CopyTo(room);
        int length = _restLength;
        _restLength = 0;
        while (true)
        {
            int read = length < room.Length ? input.Read(room[length..]) : 0;
            int lines = room.Slice(length, read).LastIndexOf((byte)'\n');
            lines = lines < 0 ? 0 : length + lines + 1;
            length += read;
            if (lines > 0 && _inLongLine)
            {
                int skipped = room[..lines].IndexOf((byte)'\n') + 1;
                _inLongLine = false;
                _offset += skipped;
                room[skipped..length].CopyTo(room);
                length -= skipped;
                lines -= skipped;
            }

            if (lines > 0)
            {
                room[lines..length].CopyTo(_rest);
                _restLength = length - lines;
                return Finish(block, lines, terminated: true, tooLong: false);
            }

            if (read > 0 && length < room.Length)
            {
                continue;
            }

            bool tooLong = length == room.Length;
            if (_inLongLine)
            {
                _offset += length;
                length = 0;
                if (tooLong)
                {
                    continue;
                }
            }

            _inLongLine |= tooLong;
            return length > 0 && Finish(block, length, terminated: tooLong, tooLong);
        }
    }

    private bool Finish(TextBlock block, int length, bool terminated, bool tooLong)
    {
        block.Length = length;
        block.Offset = _offset;
        block.IsTerminated = terminated;
        block.IsTooLong = tooLong;
        _offset += length;
        return true;
    }
}
