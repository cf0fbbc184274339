using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Bytes in the making: grows, is emptied and reused, never shrinks.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = new byte[4096];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    /// <summary>Takes back what was written after so many bytes.</summary>
    internal void CutTo(int length) => Length = length;

    /// <summary>
    /// Room for at least <paramref name="count"/> bytes after the end; <see cref="Advance"/> makes them part of the buffer.
    /// </summary>
    internal Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_bytes.Length * 2), checked(Length + count)));
        }

        return _bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    /// <summary>What was written, from an offset on, to be written over.</summary>
    internal Span<byte> From(int offset) => _bytes.AsSpan(offset, Length - offset);

    internal void Write(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    internal void WriteInt32(int value)
    {
        MemoryMarshal.Write(Reserve(sizeof(int)), value);
        Length += sizeof(int);
    }

    /// <summary>ULEB128: seven bits a byte, the low ones first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteVarint(ulong value)
    {
        Span<byte> room = Reserve(10);
        int at = 0;
        while (value >= 0x80)
        {
            room[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[at++] = (byte)value;
        Length += at;
    }

    /// <summary>Signed numbers with small magnitudes in few bytes: 0, -1, 1, -2, ... become 0, 1, 2, 3, ...</summary>
    internal void WriteZigZag(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));
}
