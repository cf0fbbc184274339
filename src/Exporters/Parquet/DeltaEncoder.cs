using System.Numerics;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// DELTA_BINARY_PACKED (Parquet's Encodings.md): the differences of neighbours, per block the smallest one, then what exceeds it in as
/// few bits as the miniblock needs. Differences wrap around, so every value of the type survives.
/// </summary>
internal static class DeltaEncoder
{
    private const int BlockValues = 128;
    private const int Miniblocks = 4;
    private const int MiniblockValues = BlockValues / Miniblocks;

    /// <summary>
    /// Encodes a page. Bound by the subtraction and packing of each value; a constant page costs almost nothing; no allocation.
    /// </summary>
    /// <param name="values">The values; of 32-bit columns the low half counts.</param>
    /// <param name="is32">Physical type INT32: differences are taken modulo 2^32, so that no miniblock needs more than 32 bits.</param>
    /// <param name="output">Where the encoded page goes.</param>
    internal static void Encode(ReadOnlySpan<ulong> values, bool is32, ByteBuffer output)
    {
        WriteHeader(values.Length, values.IsEmpty ? 0 : values[0], is32, output);
        Span<ulong> deltas = stackalloc ulong[BlockValues];
        for (int i = 1; i < values.Length; i += BlockValues)
        {
            int count = Math.Min(BlockValues, values.Length - i);
            ReadOnlySpan<ulong> block = values.Slice(i - 1, count + 1);
            if (block.ContainsAnyExcept(block[0]))
            {
                EncodeBlock(block, is32, deltas, output);
            }
            else
            {
                EncodeEmptyBlock(output);
            }
        }
    }

    /// <summary>Encodes a page of which all values are the same.</summary>
    internal static void EncodeConstant(ulong value, int count, bool is32, ByteBuffer output)
    {
        WriteHeader(count, value, is32, output);
        for (int i = 1; i < count; i += BlockValues)
        {
            EncodeEmptyBlock(output);
        }
    }

    private static void WriteHeader(int count, ulong first, bool is32, ByteBuffer output)
    {
        output.WriteVarint(BlockValues);
        output.WriteVarint(Miniblocks);
        output.WriteVarint((ulong)count);
        output.WriteZigZag(is32 ? (int)first : (long)first);
    }

    /// <summary>A block whose differences are all 0: smallest difference 0, four widths 0, no data.</summary>
    private static void EncodeEmptyBlock(ByteBuffer output)
    {
        output.Reserve(1 + Miniblocks)[..(1 + Miniblocks)].Clear();
        output.Advance(1 + Miniblocks);
    }

    /// <param name="values">The value before the block, then those of the block.</param>
    /// <param name="is32">Whether differences are taken modulo 2^32.</param>
    /// <param name="deltas">Scratch space for a block.</param>
    /// <param name="output">Where the encoded block goes.</param>
    private static void EncodeBlock(ReadOnlySpan<ulong> values, bool is32, Span<ulong> deltas, ByteBuffer output)
    {
        int count = values.Length - 1;
        long smallest = long.MaxValue;
        for (int i = 0; i < count; i++)
        {
            long delta = (long)(values[i + 1] - values[i]);
            delta = is32 ? (int)delta : delta;
            deltas[i] = (ulong)delta;
            smallest = Math.Min(smallest, delta);
        }

        ulong mask = is32 ? uint.MaxValue : ulong.MaxValue;
        for (int i = 0; i < count; i++)
        {
            deltas[i] = (deltas[i] - (ulong)smallest) & mask;
        }

        deltas[count..].Clear();
        output.WriteZigZag(smallest);
        // The four widths, then the data; a miniblock beyond the last value has width 0 and no data. Packing writes whole words.
        Span<byte> room = output.Reserve(Miniblocks + (BlockValues * sizeof(ulong)) + sizeof(ulong));
        int at = Miniblocks;
        for (int i = 0; i < Miniblocks; i++)
        {
            ReadOnlySpan<ulong> miniblock = deltas.Slice(i * MiniblockValues, MiniblockValues);
            ulong bits = 0;
            foreach (ulong delta in miniblock)
            {
                bits |= delta;
            }

            int width = 64 - BitOperations.LeadingZeroCount(bits);
            room[i] = (byte)width;
            Pack(miniblock, width, room[at..]);
            at += width * MiniblockValues / 8;
        }

        output.Advance(at);
    }

    /// <summary>Packs 32 values of <paramref name="width"/> bits, lowest bits first; may write up to 8 bytes too many.</summary>
    private static void Pack(ReadOnlySpan<ulong> values, int width, Span<byte> room)
    {
        if (width == 0)
        {
            return;
        }

        ulong word = 0;
        int used = 0;
        int at = 0;
        foreach (ulong value in values)
        {
            word |= value << used;
            int next = used + width;
            if (next >= 64)
            {
                MemoryMarshal.Write(room[at..], word);
                at += sizeof(ulong);
                next -= 64;
                // What did not fit; a shift by 64 would be one by 0.
                word = next == 0 ? 0 : value >> (width - next);
            }

            used = next;
        }

        if (used > 0)
        {
            MemoryMarshal.Write(room[at..], word);
        }
    }
}
