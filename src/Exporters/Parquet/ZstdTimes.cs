using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Compresses times of 64 bits, which are written plain for other readers: the upper bytes of one are nearly always those of the one before,
/// eight bytes back. All such matches are alike, so zstd needs no bit for any of them: what remains are the lower bytes.
/// </summary>
internal static class ZstdTimes
{
    /// <summary>What a time costs that does not share its upper bytes: itself, and the heads of a block.</summary>
    private const int ExceptionBytes = sizeof(ulong) + 16;

    /// <summary>A frame of more than so many bytes a time is left to who looks for matches.</summary>
    private const int MostBytes = 4;

    private const int MinMatch = 3;

    /// <summary>Literals as they are, their number in 20 bits.</summary>
    private const int RawLiterals20 = 0b1100;
    private const int LiteralsHeaderBytes = 3;

    /// <summary>Literal length, offset and match length are the same for all sequences of a block: a byte each.</summary>
    private const byte AllAlike = 0b01_01_01_00;

    /// <summary>Offsets are coded by their highest bit after 3 is added: 8 + 3 is 2^3 + 3.</summary>
    private const byte OffsetCode = 3;
    private const byte OffsetBits = 0b011;

    /// <summary>The offset of the match before.</summary>
    private const byte SameOffsetCode = 0;

    /// <summary>What stands before the first times of a page: nulls are few, or the search may find something there.</summary>
    private const int LongestHead = 64;

    private const int SequencesBytes = 8;
    private const int MostTimes = ZstdFrame.LargestBlock / sizeof(ulong);

    /// <summary>Of so many the exceptions, being few, fit into one block.</summary>
    private const int MostTimesOfPage = 4 * MostTimes;

    /// <summary>
    /// Writes a page as a frame; false, and nothing written, where its times have too little in common. Bound by two passes over the times,
    /// 2 ns for each; no allocation.
    /// </summary>
    /// <param name="page">Something else, and times up to the end.</param>
    /// <param name="timesAt">Where the times begin.</param>
    /// <param name="output">Where to.</param>
    internal static bool TryWrite(ReadOnlySpan<byte> page, int timesAt, ByteBuffer output)
    {
        ReadOnlySpan<ulong> times = MemoryMarshal.Cast<byte, ulong>(page[timesAt..]);
        int low = timesAt <= LongestHead && times.Length is > 1 and <= MostTimesOfPage ? LowBytes(times) : 0;
        if (low == 0)
        {
            return false;
        }

        ZstdFrame.WriteHeader(page.Length, output);
        int at = 1 + Exceptions(times, 1, times.Length, low);
        ZstdFrame.WriteRaw(page[..(timesAt + (at * sizeof(ulong)))], at == times.Length, output);
        for (bool isFirst = true; at < times.Length; isFirst = false)
        {
            at += WriteBlock(times, at, low, isFirst, output);
        }

        return true;
    }

    /// <summary>How many lower bytes to write of each time so that the whole becomes smallest; 0 where it does not become small.</summary>
    private static int LowBytes(ReadOnlySpan<ulong> times)
    {
        Span<int> needing = stackalloc int[sizeof(ulong) + 1];
        needing.Clear();
        for (int i = 1; i < times.Length; i++)
        {
            needing[(64 + 7 - BitOperations.LeadingZeroCount(times[i] ^ times[i - 1])) / 8]++;
        }

        int best = 0;
        long least = (long)times.Length * MostBytes;
        int exceptions = times.Length - needing[0];
        for (int low = 1; low <= sizeof(ulong) - MinMatch; low++)
        {
            exceptions -= needing[low];
            long bytes = ((long)times.Length * low) + ((long)exceptions * ExceptionBytes);
            (best, least) = bytes < least ? (low, bytes) : (best, least);
        }

        return best;
    }

    /// <summary>Times that share their upper bytes with the one before them, and behind them those that do not; returns how many.</summary>
    private static int WriteBlock(ReadOnlySpan<ulong> times, int first, int low, bool isFirst, ByteBuffer output)
    {
        // The first match says how far back it is, and all others that it is as far: they do not fit into one block.
        int most = isFirst ? 1 : Math.Min(MostTimes, times.Length - first);
        int begin = ZstdFrame.BeginCompressed(output);
        Span<byte> room = output.Reserve((Math.Min(MostTimes, times.Length - first) * sizeof(ulong)) + LiteralsHeaderBytes + SequencesBytes);
        int at = LiteralsHeaderBytes;
        int count = 0;
        while (count < most && (times[first + count] ^ times[first + count - 1]) >> (8 * low) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(room[at..], times[first + count]);
            at += low;
            count++;
        }

        int others = Exceptions(times, first + count, MostTimes - count, low);
        foreach (ulong time in times.Slice(first + count, others))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(room[at..], time);
            at += sizeof(ulong);
        }

        int literals = at - LiteralsHeaderBytes;
        room[0] = (byte)(RawLiterals20 | (literals << 4));
        room[1] = (byte)(literals >> 4);
        room[2] = (byte)(literals >> 12);
        at += WriteSequences(room[at..], count, low, isFirst);
        output.Advance(at);
        ZstdFrame.EndCompressed(begin, isLast: first + count + others == times.Length, output);
        return count + others;
    }

    private static int WriteSequences(Span<byte> room, int count, int low, bool isFirst)
    {
        int at = 0;
        if (count == 0)
        {
            room[at++] = 0;
            return at;
        }

        if (count < 128)
        {
            room[at++] = (byte)count;
        }
        else
        {
            room[at++] = (byte)((count >> 8) + 128);
            room[at++] = (byte)count;
        }

        room[at++] = AllAlike;
        room[at++] = (byte)low;
        room[at++] = isFirst ? OffsetCode : SameOffsetCode;
        room[at++] = (byte)(sizeof(ulong) - low - MinMatch);
        // The bits, read from the last one set.
        room[at++] = (byte)(isFirst ? OffsetBits | (1 << OffsetCode) : 1);
        return at;
    }

    /// <summary>How many times from one on do not share their upper bytes with the one before.</summary>
    private static int Exceptions(ReadOnlySpan<ulong> times, int first, int most, int low)
    {
        int count = 0;
        while (count < most && first + count < times.Length && (times[first + count] ^ times[first + count - 1]) >> (8 * low) != 0)
        {
            count++;
        }

        return count;
    }
}
