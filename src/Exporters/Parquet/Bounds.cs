using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>Smallest and largest of many numbers.</summary>
internal static class Bounds
{
    private const int Lanes = 4;

    /// <summary>Of signed numbers, after turning some bits of each; at least one. Eight at a time: each comparison has to wait for the one before it.</summary>
    internal static (long Min, long Max) Of(ReadOnlySpan<ulong> values, ulong turn)
    {
        ref ulong first = ref MemoryMarshal.GetReference(values);
        long min = (long)(values[0] ^ turn);
        long max = min;
        int i = 0;
        if (values.Length >= Lanes * Vector128<ulong>.Count)
        {
            var turns = Vector128.Create(turn);
            var start = Vector128.Create(min);
            (Vector128<long> min0, Vector128<long> min1, Vector128<long> min2, Vector128<long> min3) = (start, start, start, start);
            (Vector128<long> max0, Vector128<long> max1, Vector128<long> max2, Vector128<long> max3) = (start, start, start, start);
            for (; i <= values.Length - (Lanes * Vector128<ulong>.Count); i += Lanes * Vector128<ulong>.Count)
            {
                Vector128<long> two0 = (Vector128.LoadUnsafe(ref first, (nuint)i) ^ turns).AsInt64();
                Vector128<long> two1 = (Vector128.LoadUnsafe(ref first, (nuint)i + 2) ^ turns).AsInt64();
                Vector128<long> two2 = (Vector128.LoadUnsafe(ref first, (nuint)i + 4) ^ turns).AsInt64();
                Vector128<long> two3 = (Vector128.LoadUnsafe(ref first, (nuint)i + 6) ^ turns).AsInt64();
                (min0, max0) = (Vector128.Min(min0, two0), Vector128.Max(max0, two0));
                (min1, max1) = (Vector128.Min(min1, two1), Vector128.Max(max1, two1));
                (min2, max2) = (Vector128.Min(min2, two2), Vector128.Max(max2, two2));
                (min3, max3) = (Vector128.Min(min3, two3), Vector128.Max(max3, two3));
            }

            min0 = Vector128.Min(Vector128.Min(min0, min1), Vector128.Min(min2, min3));
            max0 = Vector128.Max(Vector128.Max(max0, max1), Vector128.Max(max2, max3));
            min = Math.Min(min0[0], min0[1]);
            max = Math.Max(max0[0], max0[1]);
        }

        for (; i < values.Length; i++)
        {
            long value = (long)(values[i] ^ turn);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return (min, max);
    }
}
