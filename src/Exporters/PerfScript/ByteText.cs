using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Small readings of ASCII text, forwards and backwards; none of them allocates or throws.</summary>
internal static class ByteText
{
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
        if (Sse41.IsSupported && text.Length - at >= Vector128<byte>.Count)
        {
            Vector128<byte> sixteen = Vector128.Create(text.Slice(at, Vector128<byte>.Count)) - Vector128.Create((byte)'0');
            int leading = LeadingDigits(sixteen);
            if (leading < Vector128<byte>.Count)
            {
                value = ToNumber(sixteen, leading);
                bool isNumber = leading > 0 && value <= max;
                value = isNumber ? value : 0;
                at += isNumber ? leading : 0;
                return isNumber;
            }
        }

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
    private static int LeadingDigits(ulong text)
    {
        // Less '0', digits are 0 to 9, and only they stay below 128 when 118 is added, before anything carries.
        ulong others = text ^ Zeros;
        others = (others | (others + 0x7676767676767676)) & 0x8080808080808080;
        return BitOperations.TrailingZeroCount(others) / 8;
    }

    /// <summary>
    /// The first <paramref name="digits"/> of eight characters as a number: neighbours are added up pairwise, tens to ones, then hundreds,
    /// then ten thousands.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ToNumber(ulong text, int digits)
    {
        // They move to the end, behind zeros; in two steps, as a shift by 64 would be one by 0.
        ulong values = (text & 0x0F0F0F0F0F0F0F0F) << (32 - (4 * digits)) << (32 - (4 * digits));
        ulong pairs = ((values * 10) + (values >> 8)) & 0x00FF00FF00FF00FF;
        ulong fours = ((pairs * 100) + (pairs >> 16)) & 0x0000FFFF0000FFFF;
        return ((fours * 10_000) + (fours >> 32)) & 0xFFFFFFFF;
    }

    /// <summary>How many of sixteen characters less '0', the first in the lowest byte, are digits before any other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LeadingDigits(Vector128<byte> values)
    {
        Vector128<byte> digits = Vector128.Equals(Vector128.Min(values, Vector128.Create((byte)9)), values);
        return BitOperations.TrailingZeroCount(~digits.ExtractMostSignificantBits());
    }

    /// <summary>As of eight characters, with all pairs, fours and eights of sixteen added up at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ToNumber(Vector128<byte> values, int digits)
    {
        // They move to the end; what a shuffle takes from a negative place is zero.
        Vector128<byte> places = (Vector128<sbyte>.Indices - Vector128.Create((sbyte)(Vector128<byte>.Count - digits))).AsByte();
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(Ssse3.Shuffle(values, places), Vector128.Create((short)0x010A).AsSByte());
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x0001_0064).AsInt16());
        Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        Vector128<uint> eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create(0x0001_2710).AsInt16()).AsUInt32();
        return (eights[0] * 100_000_000UL) + eights[1];
    }

    private static bool Fits(ReadOnlySpan<byte> digits)
    {
        ReadOnlySpan<byte> significant = digits.TrimStart((byte)'0');
        return significant.Length < 20
            || (significant.Length == 20 && significant.SequenceCompareTo("18446744073709551615"u8) <= 0);
    }
}
