using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
            if (block[0] != block[^1] || block.ContainsAnyExcept(block[0]))
            {
                EncodeBlock(block, is32, deltas, output);
            }
            else
            {
                EncodeSteps(0, output);
            }
        }
    }

    /// <summary>Encodes a page that is known as runs. Bound by the blocks in which a run ends; the others cost almost nothing.</summary>
    internal static void EncodeRuns(ReadOnlySpan<ValueRun> runs, int count, bool is32, ByteBuffer output)
    {
        WriteHeader(count, runs.IsEmpty ? 0 : runs[0].First, is32, output);
        Span<ulong> values = stackalloc ulong[BlockValues + 1];
        Span<ulong> deltas = stackalloc ulong[BlockValues];
        int run = 0;
        int inRun = 0;
        for (int i = 1; i < count; i += BlockValues)
        {
            int differences = Math.Min(BlockValues, count - i);
            if (inRun + differences < runs[run].Count)
            {
                EncodeSteps(is32 ? (int)runs[run].Step : (long)runs[run].Step, output);
                inRun += differences;
                continue;
            }

            for (int at = 0; at <= differences; at++)
            {
                if (at > 0 && ++inRun == runs[run].Count)
                {
                    run++;
                    inRun = 0;
                }

                values[at] = runs[run].At(inRun);
            }

            EncodeBlock(values[..(differences + 1)], is32, deltas, output);
        }
    }

    private static void WriteHeader(int count, ulong first, bool is32, ByteBuffer output)
    {
        output.WriteVarint(BlockValues);
        output.WriteVarint(Miniblocks);
        output.WriteVarint((ulong)count);
        output.WriteZigZag(is32 ? (int)first : (long)first);
    }

    /// <summary>A block whose differences are all the same: that is the smallest one, then four widths 0, no data.</summary>
    private static void EncodeSteps(long step, ByteBuffer output)
    {
        output.WriteZigZag(step);
        output.Reserve(Miniblocks)[..Miniblocks].Clear();
        output.Advance(Miniblocks);
    }

    /// <param name="values">The value before the block, then those of the block.</param>
    /// <param name="is32">Whether differences are taken modulo 2^32.</param>
    /// <param name="deltas">Scratch space for a block.</param>
    /// <param name="output">Where the encoded block goes.</param>
    private static void EncodeBlock(ReadOnlySpan<ulong> values, bool is32, Span<ulong> deltas, ByteBuffer output)
    {
        // Those of 32 bits are worked with as upper halves: there they wrap around, and compare, as they should.
        int shift = is32 ? 32 : 0;
        long smallest = Subtract(values, shift, deltas);
        deltas[(values.Length - 1)..].Fill((ulong)smallest);
        output.WriteZigZag(smallest >> shift);
        // The four widths, then the data; a miniblock beyond the last value has width 0 and no data. Packing writes whole words.
        Span<byte> room = output.Reserve(Miniblocks + (BlockValues * sizeof(ulong)) + sizeof(ulong));
        int at = Miniblocks;
        for (int i = 0; i < Miniblocks; i++)
        {
            Span<ulong> miniblock = deltas.Slice(i * MiniblockValues, MiniblockValues);
            int width = 64 - BitOperations.LeadingZeroCount(Reduce(miniblock, (ulong)smallest, shift));
            room[i] = (byte)width;
            Pack(miniblock, width, room[at..]);
            at += width * MiniblockValues / 8;
        }

        output.Advance(at);
    }

    /// <summary>Differences of neighbours, shifted up; returns the smallest. Four at a time: each comparison has to wait for the one before it.</summary>
    private static long Subtract(ReadOnlySpan<ulong> values, int shift, Span<ulong> deltas)
    {
        int count = values.Length - 1;
        ref ulong from = ref MemoryMarshal.GetReference(values);
        ref ulong to = ref MemoryMarshal.GetReference(deltas[..count]);
        var least0 = Vector128.Create(long.MaxValue);
        Vector128<long> least1 = least0;
        int i = 0;
        for (; i <= count - (2 * Vector128<ulong>.Count); i += 2 * Vector128<ulong>.Count)
        {
            Vector128<ulong> two0 = (Vector128.LoadUnsafe(ref from, (nuint)i + 1) - Vector128.LoadUnsafe(ref from, (nuint)i)) << shift;
            Vector128<ulong> two1 = (Vector128.LoadUnsafe(ref from, (nuint)i + 3) - Vector128.LoadUnsafe(ref from, (nuint)i + 2)) << shift;
            two0.StoreUnsafe(ref to, (nuint)i);
            two1.StoreUnsafe(ref to, (nuint)i + 2);
            least0 = Vector128.Min(least0, two0.AsInt64());
            least1 = Vector128.Min(least1, two1.AsInt64());
        }

        least0 = Vector128.Min(least0, least1);
        long smallest = Math.Min(least0[0], least0[1]);
        for (; i < count; i++)
        {
            deltas[i] = (values[i + 1] - values[i]) << shift;
            smallest = Math.Min(smallest, (long)deltas[i]);
        }

        return smallest;
    }

    /// <summary>Takes the smallest off each of a miniblock, and shifts them back; returns all bits that occur.</summary>
    private static ulong Reduce(Span<ulong> deltas, ulong smallest, int shift)
    {
        ref ulong first = ref MemoryMarshal.GetReference(deltas[..MiniblockValues]);
        var less = Vector128.Create(smallest);
        Vector128<ulong> bits = default;
        for (nuint i = 0; i < MiniblockValues; i += (nuint)Vector128<ulong>.Count)
        {
            Vector128<ulong> two = (Vector128.LoadUnsafe(ref first, i) - less) >>> shift;
            two.StoreUnsafe(ref first, i);
            bits |= two;
        }

        return bits[0] | bits[1];
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
