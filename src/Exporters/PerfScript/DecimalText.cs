using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Decimal digits, eight at a time in one register: about 2 ns for eight, whatever they are, where a loop takes a division for each and
/// a branch nobody can foresee. None allocates.
/// </summary>
internal static class DecimalText
{
    /// <summary>Bytes behind a number that writing it may touch: whoever has not room for them has not enough.</summary>
    internal const int Slack = sizeof(ulong);

    private const uint EightDigits = 100_000_000;
    private const ulong Zeros = 0x3030303030303030;

    /// <summary>Writes a number without leading zeros; returns its length. Up to <see cref="Slack"/> bytes behind it are overwritten.</summary>
    internal static int Write(Span<byte> destination, ulong value)
    {
        if (value >= EightDigits)
        {
            ulong high = value / EightDigits;
            int length = Write(destination, high);
            WriteEight(destination[length..], (uint)(value - (high * EightDigits)));
            return length + 8;
        }

        ulong digits = Split((uint)value);
        // Of a zero the last digit stays.
        int leading = BitOperations.TrailingZeroCount(digits | (1UL << 56)) / 8;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, (digits + Zeros) >> (8 * leading));
        return 8 - leading;
    }

    /// <summary>Writes exactly so many digits of a number, which has no more; up to <see cref="Slack"/> bytes behind them are overwritten.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="value">Less than 10 to the power of <paramref name="digits"/>.</param>
    /// <param name="digits">1 to 8.</param>
    internal static void WritePadded(Span<byte> destination, uint value, int digits) =>
        BinaryPrimitives.WriteUInt64LittleEndian(destination, (Split(value) + Zeros) >> (8 * (8 - digits)));

    private static void WriteEight(Span<byte> destination, uint value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Split(value) + Zeros);

    /// <summary>
    /// The eight digits of a number below 10^8, a byte each, the first one lowest: halved into four and four, two and two, one and one. The
    /// quotients are products with 2^20 / 100 and 2^10 / 10, rounded up, exact for numbers this small.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Split(uint value)
    {
        ulong high = value / 10_000;
        ulong fours = high | ((value - (high * 10_000)) << 32);
        ulong hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
        ulong pairs = hundreds | ((fours - (hundreds * 100)) << 16);
        ulong tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
        return tens | ((pairs - (tens * 10)) << 8);
    }
}
