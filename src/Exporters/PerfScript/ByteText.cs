using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>Small readings of ASCII text, forwards and backwards; none of them allocates or throws.</summary>
internal static class ByteText
{
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
        if (text.Length - i >= sizeof(ulong) && TryEightDigits(BinaryPrimitives.ReadUInt64LittleEndian(text[i..]), out sum))
        {
            i += sizeof(ulong);
        }

        for (; (uint)i < (uint)text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit > 9)
            {
                break;
            }

            sum = (sum * 10) + digit;
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

    internal static bool TrySkip(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> expected)
    {
        if (!text[at..].StartsWith(expected))
        {
            return false;
        }

        at += expected.Length;
        return true;
    }

    /// <summary>
    /// Eight ASCII digits at once, the first in the lowest byte: neighbours are added up pairwise, tens to ones, then hundreds, then ten
    /// thousands.
    /// </summary>
    private static bool TryEightDigits(ulong text, out ulong value)
    {
        const ulong Zeros = 0x3030303030303030;
        const ulong HighHalves = 0xF0F0F0F0F0F0F0F0;
        value = 0;
        // A digit's high half is 3, and stays 3 when 6 is added: not so for ':' to '?'.
        if ((text & HighHalves) != Zeros || ((text + 0x0606060606060606) & HighHalves) != Zeros)
        {
            return false;
        }

        ulong digits = text - Zeros;
        ulong pairs = ((digits * 10) + (digits >> 8)) & 0x00FF00FF00FF00FF;
        ulong fours = ((pairs * 100) + (pairs >> 16)) & 0x0000FFFF0000FFFF;
        value = ((fours * 10_000) + (fours >> 32)) & 0xFFFFFFFF;
        return true;
    }

    private static bool Fits(ReadOnlySpan<byte> digits)
    {
        ReadOnlySpan<byte> significant = digits.TrimStart((byte)'0');
        return significant.Length < 20
            || (significant.Length == 20 && significant.SequenceCompareTo("18446744073709551615"u8) <= 0);
    }
}
