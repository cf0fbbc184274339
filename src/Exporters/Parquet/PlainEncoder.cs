using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>PLAIN (Parquet's Encodings.md) for values that are not 64 bits wide: booleans, a bit each, and fractions.</summary>
internal static class PlainEncoder
{
    /// <summary>
    /// Encodes fractions of 32 bits, and returns the smallest and the largest of them: infinity and its negative where there is none. What is
    /// no number has no place in an order: comparing with it is false.
    /// </summary>
    internal static (float Min, float Max) EncodeFloats(ReadOnlySpan<ulong> values, ByteBuffer page)
    {
        int bytes = values.Length * sizeof(float);
        Span<uint> room = MemoryMarshal.Cast<byte, uint>(page.Reserve(bytes)[..bytes]);
        page.Advance(bytes);
        ref ulong from = ref MemoryMarshal.GetReference(values);
        ref uint to = ref MemoryMarshal.GetReference(room);
        var least = Vector128.Create(float.PositiveInfinity);
        var most = Vector128.Create(float.NegativeInfinity);
        int i = 0;
        for (; i <= values.Length - Vector128<uint>.Count; i += Vector128<uint>.Count)
        {
            Vector128<uint> bits = Vector128.Narrow(
                Vector128.LoadUnsafe(ref from, (nuint)i), Vector128.LoadUnsafe(ref from, (nuint)i + (nuint)Vector128<ulong>.Count));
            bits.StoreUnsafe(ref to, (nuint)i);
            Vector128<float> four = bits.AsSingle();
            least = Vector128.ConditionalSelect(Vector128.LessThan(four, least), four, least);
            most = Vector128.ConditionalSelect(Vector128.GreaterThan(four, most), four, most);
        }

        float min = Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3]));
        float max = Math.Max(Math.Max(most[0], most[1]), Math.Max(most[2], most[3]));
        for (; i < values.Length; i++)
        {
            room[i] = (uint)values[i];
            float number = BitConverter.UInt32BitsToSingle(room[i]);
            min = number < min ? number : min;
            max = number > max ? number : max;
        }

        return (min, max);
    }

    internal static void EncodeBits(ReadOnlySpan<ulong> values, ByteBuffer page)
    {
        Span<byte> room = ReserveBits(values.Length, page);
        for (int i = 0; i < values.Length; i++)
        {
            room[i >> 3] |= (byte)(values[i] << (i & 7));
        }
    }

    internal static void EncodeBits(ReadOnlySpan<ValueRun> runs, int count, ByteBuffer page)
    {
        Span<byte> room = ReserveBits(count, page);
        int at = 0;
        foreach (ValueRun run in runs)
        {
            if (run.First != 0)
            {
                SetBits(room, at, at + run.Count);
            }

            at += run.Count;
        }
    }

    private static Span<byte> ReserveBits(int count, ByteBuffer page)
    {
        int bytes = (count + 7) / 8;
        Span<byte> room = page.Reserve(bytes)[..bytes];
        page.Advance(bytes);
        room.Clear();
        return room;
    }

    private static void SetBits(Span<byte> bytes, int from, int to)
    {
        for (int i = from; i < to;)
        {
            if (i % 8 == 0 && to - i >= 8)
            {
                int whole = (to - i) / 8;
                bytes.Slice(i / 8, whole).Fill(byte.MaxValue);
                i += whole * 8;
            }
            else
            {
                bytes[i / 8] |= (byte)(1 << (i % 8));
                i++;
            }
        }
    }
}
