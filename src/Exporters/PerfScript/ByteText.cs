using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Small readings of ASCII text, forwards and backwards; none of them allocates or throws.</summary>
internal static class ByteText
{
    /// <summary>What <see cref="TryLongDecimal"/> reads, at least.</summary>
    internal const int LeastLongDigits = 9;

    private const int MostLongDigits = 16;
    private const ulong Zeros = 0x3030303030303030;

    private static readonly ulong[] s_powers = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    internal static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    internal static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    internal static int SkipBlanks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && IsBlank(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The end of the text before <paramref name="end"/> once blanks are taken off.</summary>
    internal static int TrimBlanksBefore(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && IsBlank(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Where the word that ends at <paramref name="end"/> begins.</summary>
    internal static int WordBefore(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && !IsBlank(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>Where the digits that end at <paramref name="end"/> begin.</summary>
    internal static int DigitsBefore(ReadOnlySpan<byte> text, int end)
    {
        while (end > 0 && IsDigit(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    /// <summary>
    /// A decimal number; false, and <paramref name="at"/> unchanged, when there is none or it exceeds <paramref name="max"/>.
    /// </summary>
    internal static bool TryDecimal(ReadOnlySpan<byte> text, ref int at, ulong max, out ulong value)
    {
        value = 0;
        ulong sum = 0;
        int i = at;
        int digits = sizeof(ulong);
        while (digits == sizeof(ulong) && text.Length - i >= sizeof(ulong))
        {
            ulong eight = BinaryPrimitives.ReadUInt64LittleEndian(text[i..]);
            digits = LeadingDigits(eight);
            sum = (sum * s_powers[digits]) + ToNumber(eight, digits);
            i += digits;
        }

        if (digits == sizeof(ulong))
        {
            for (; (uint)i < (uint)text.Length && IsDigit(text[i]); i++)
            {
                sum = (sum * 10) + (uint)(text[i] - '0');
            }
        }

        // 19 digits always fit into 64 bits; with more the sum may have wrapped around.
        if (i == at || sum > max || (i - at > 19 && !Fits(text[at..i])))
        {
            return false;
        }

        value = sum;
        at = i;
        return true;
    }

    internal static bool IsLong(int digits) => digits is >= LeastLongDigits and <= MostLongDigits;

    /// <summary>A decimal number that is all of the text, of 9 to 16 digits; false where any is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryLongDecimal(ReadOnlySpan<byte> text, out ulong value)
    {
        int more = text.Length - sizeof(ulong);
        ulong head = BinaryPrimitives.ReadUInt64LittleEndian(text);
        ulong tail = BinaryPrimitives.ReadUInt64LittleEndian(text[more..]);
        value = (ToNumber(head, sizeof(ulong)) * s_powers[more]) + ToNumber(tail >> (8 * (sizeof(ulong) - more)), more);
        return (Others(head) | Others(tail)) == 0;
    }

    /// <summary>A decimal number, or a hexadecimal one with 0x as probes print untyped arguments.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, ref int at, ulong max, out ulong value)
    {
        if (!text[at..].StartsWith("0x"u8))
        {
            return TryDecimal(text, ref at, max, out value);
        }

        int i = at + 2;
        for (value = 0; i < text.Length && char.IsAsciiHexDigit((char)text[i]); i++)
        {
            if (value >> 60 != 0)
            {
                return false;
            }

            int digit = IsDigit(text[i]) ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
            value = (value << 4) + (uint)digit;
        }

        if (i == at + 2 || value > max)
        {
            return false;
        }

        at = i;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryByte(ReadOnlySpan<byte> text, ref int at, byte expected)
    {
        if ((uint)at >= (uint)text.Length || text[at] != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    internal static bool TrySkip(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> expected)
    {
        if (!text[at..].StartsWith(expected))
        {
            return false;
        }

        at += expected.Length;
        return true;
    }

    /// <summary>How many of eight characters, the first in the lowest byte, are digits before any other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int LeadingDigits(ulong text) => BitOperations.TrailingZeroCount(Others(text)) / 8;

    /// <summary>
    /// The first <paramref name="digits"/> of eight characters as a number: neighbours are added up pairwise, tens to ones, then hundreds,
    /// then ten thousands.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong ToNumber(ulong text, int digits)
    {
        // They move to the end, behind zeros; in two steps, as a shift by 64 would be one by 0.
        ulong values = (text & 0x0F0F0F0F0F0F0F0F) << (32 - (4 * digits)) << (32 - (4 * digits));
        ulong pairs = ((values * 10) + (values >> 8)) & 0x00FF00FF00FF00FF;
        ulong fours = ((pairs * 100) + (pairs >> 16)) & 0x0000FFFF0000FFFF;
        return ((fours * 10_000) + (fours >> 32)) & 0xFFFFFFFF;
    }

    /// <summary>The highest bit of those of eight characters that are no digits; exact up to the first of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Others(ulong text)
    {
        // Less '0', digits are 0 to 9, and only they stay below 128 when 118 is added, before anything carries.
        ulong others = text ^ Zeros;
        return (others | (others + 0x7676767676767676)) & 0x8080808080808080;
    }

    private static bool Fits(ReadOnlySpan<byte> digits)
    {
        ReadOnlySpan<byte> significant = digits.TrimStart((byte)'0');
        return significant.Length < 20
            || (significant.Length == 20 && significant.SequenceCompareTo("18446744073709551615"u8) <= 0);
    }
}
