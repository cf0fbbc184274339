using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ZstdSharp.Unsafe;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Finds where values stood in the same order before: those of a snapshot nearly all stood in the one before, some places off where regions
/// were split or merged. It looks at whole values, where they are expected.
/// </summary>
internal sealed class RecurringValues
{
    private const int TableBits = 12;

    /// <summary>A match of so many values says where the next ones are expected.</summary>
    private const int LongMatch = 16;

    /// <summary>Of a match one value in so many can be found again by the table: later matches begin near.</summary>
    private const int NotedValues = 8;

    /// <summary>Level 1 of zstd has a window of this size, and no match may begin before it.</summary>
    private const int MostBytesBack = 1 << 19;

    /// <summary>2^64 divided by the golden ratio (Knuth, TAOCP 6.4): its multiples spread evenly.</summary>
    private const ulong HashFactor = 0x9E37_79B9_7F4A_7C15;

    // Where a key with some hash stood last, plus one.
    private readonly int[] _places = new int[1 << TableBits];
    private ZSTD_Sequence[] _sequences = new ZSTD_Sequence[256];
    private int _count;

    /// <summary>Matches in the order of their bytes; valid until the next call.</summary>
    /// <param name="bytes">Something else, and values up to the end.</param>
    /// <param name="valuesAt">Where the values begin.</param>
    /// <param name="width">Bytes of one, 4 or 8.</param>
    internal ReadOnlySpan<ZSTD_Sequence> Find(ReadOnlySpan<byte> bytes, int valuesAt, int width)
    {
        _count = 0;
        if (width == sizeof(ulong))
        {
            Find(MemoryMarshal.Cast<byte, ulong>(bytes[valuesAt..]), valuesAt);
        }
        else
        {
            Find(MemoryMarshal.Cast<byte, uint>(bytes[valuesAt..]), valuesAt);
        }

        return _sequences.AsSpan(0, _count);
    }

    /// <summary>Bound by one comparison a value, vectorised within a match; no allocation once there is room for the matches of a page.</summary>
    private void Find<T>(ReadOnlySpan<T> values, int valuesAt)
        where T : unmanaged, IEquatable<T>
    {
        Array.Clear(_places);
        int width = Unsafe.SizeOf<T>();
        int keys = values.Length - (sizeof(ulong) / width) + 1;
        int expected = 0;
        int covered = 0;
        int literalsAt = 0;
        for (int at = 0; at < values.Length;)
        {
            int distance = Distance(values, at, expected, at - covered);
            if (distance == 0)
            {
                at++;
                continue;
            }

            int length = values[at..].CommonPrefixLength(values[(at - distance)..]);
            Add(valuesAt + (at * width) - literalsAt, length * width, distance * width);
            for (int i = at; i < Math.Min(at + length, keys); i += NotedValues)
            {
                _places[Hash(Key(values, i))] = i + 1;
            }

            at += length;
            covered = at;
            literalsAt = valuesAt + (at * width);
            expected = length >= LongMatch || expected == 0 ? distance : expected;
        }
    }

    /// <summary>How many values before this one it stood, 0 where that is not found.</summary>
    /// <param name="values">All of them.</param>
    /// <param name="at">Which one.</param>
    /// <param name="expected">How far back the values before this one had stood.</param>
    /// <param name="added">How many were not found since then.</param>
    private int Distance<T>(ReadOnlySpan<T> values, int at, int expected, int added)
        where T : unmanaged, IEquatable<T>
    {
        T value = values[at];
        if (expected > 0)
        {
            // As far as before; farther, as what was added had not been there; nearer, as something is no longer there.
            if (at >= expected && values[at - expected].Equals(value))
            {
                return expected;
            }

            int farther = expected + added;
            if (added > 0 && at >= farther && farther <= MostBytesBack / Unsafe.SizeOf<T>() && values[at - farther].Equals(value))
            {
                return farther;
            }

            if (expected > 1 && at >= expected - 1 && values[at - expected + 1].Equals(value))
            {
                return expected - 1;
            }
        }

        if (at + (sizeof(ulong) / Unsafe.SizeOf<T>()) > values.Length)
        {
            return 0;
        }

        ulong key = Key(values, at);
        ref int place = ref _places[Hash(key)];
        int before = place - 1;
        place = at + 1;
        bool found = before >= 0 && at - before <= MostBytesBack / Unsafe.SizeOf<T>() && Key(values, before) == key;
        return found ? at - before : 0;
    }

    /// <summary>Eight bytes: a value, or two fractions. A match that is shorter is not worth telling its distance.</summary>
    private static ulong Key<T>(ReadOnlySpan<T> values, int at)
        where T : unmanaged =>
        MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(values.Slice(at, sizeof(ulong) / Unsafe.SizeOf<T>())));

    private static int Hash(ulong key) => (int)((key * HashFactor) >> (64 - TableBits));

    private void Add(int literals, int match, int offset)
    {
        if (_count == _sequences.Length)
        {
            Array.Resize(ref _sequences, _count * 2);
        }

        _sequences[_count++] = new ZSTD_Sequence { litLength = (uint)literals, matchLength = (uint)match, offset = (uint)offset };
    }
}
