namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// The integer arithmetic of the algorithm: unsigned, divisions truncate. That truncation is part of the algorithm, not an
/// approximation of it. Products are formed in 128 bits, so no size, age or interval can overflow.
/// </summary>
internal static class DamonArithmetic
{
    /// <summary>10,000 basis points are the whole.</summary>
    internal const uint WholeBp = 10_000;

    /// <summary>Distance of two unsigned numbers; a plain difference would wrap.</summary>
    internal static uint AbsDiff(uint left, uint right) => left > right ? left - right : right - left;

    /// <summary>The multiple of <paramref name="alignment"/> (a power of two) at or below the value.</summary>
    internal static ulong AlignDown(ulong value, ulong alignment) => value & ~(alignment - 1);

    /// <summary>The multiple of <paramref name="alignment"/> (a power of two) at or above the value; the largest multiple if there is none.</summary>
    internal static ulong AlignUp(ulong value, ulong alignment)
    {
        ulong down = AlignDown(value, alignment);
        bool fits = down == value || down <= ulong.MaxValue - alignment;
        return down == value || !fits ? down : down + alignment;
    }

    /// <summary>value * numerator / denominator, the product unrounded, the result saturating.</summary>
    internal static ulong MultiplyDivide(ulong value, ulong numerator, ulong denominator)
    {
        UInt128 quotient = (UInt128)value * numerator / denominator;
        return quotient > ulong.MaxValue ? ulong.MaxValue : (ulong)quotient;
    }

    /// <summary>Average of two counters of neighbouring regions, weighted by their sizes.</summary>
    internal static uint WeightedAverage(uint left, ulong leftSize, uint right, ulong rightSize)
    {
        UInt128 weighted = ((UInt128)left * leftSize) + ((UInt128)right * rightSize);
        return (uint)(weighted / ((UInt128)leftSize + rightSize));
    }

    /// <summary>The same of times that are not negative.</summary>
    internal static long WeightedAverage(long left, ulong leftSize, long right, ulong rightSize)
    {
        UInt128 weighted = ((UInt128)left * leftSize) + ((UInt128)right * rightSize);
        return (long)(weighted / ((UInt128)leftSize + rightSize));
    }

    /// <summary>The value, or the largest 32-bit number if it is larger.</summary>
    internal static uint SaturateToUInt32(ulong value) => value > uint.MaxValue ? uint.MaxValue : (uint)value;
}
