namespace Damon.Trace.Exporters.Damo;

/// <summary>Takes pieces of known length from a stream through one buffer.</summary>
internal sealed class BinaryInput(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _from;
    private int _to;

    /// <summary>Bytes taken: the offset of the next piece.</summary>
    internal long Offset { get; private set; }

    /// <summary>Up to so many bytes without taking them; fewer only at the end of the input.</summary>
    internal ReadOnlySpan<byte> Peek(int bytes)
    {
        if (_to - _from < bytes)
        {
            Buffer.BlockCopy(_buffer, _from, _buffer, 0, _to - _from);
            _to -= _from;
            _from = 0;
            _to += stream.ReadAtLeast(_buffer.AsSpan(_to), bytes - _to, throwOnEndOfStream: false);
        }

        return _buffer.AsSpan(_from, Math.Min(bytes, _to - _from));
    }

    internal void Skip(int bytes)
    {
        _from += bytes;
        Offset += bytes;
    }

    /// <summary>Exactly so many bytes, valid until the next call.</summary>
    internal ReadOnlySpan<byte> Take(int bytes, string what)
    {
        ReadOnlySpan<byte> piece = Peek(bytes);
        if (piece.Length < bytes)
        {
            throw new TruncatedInputException($"The input ends at byte {Offset + piece.Length}, inside {what} that begins at {Offset}.");
        }

        Skip(bytes);
        return piece;
    }
}
