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

    /// <summary>A decimal number; false, and <paramref name="at"/> unchanged, when there is none or it exceeds <paramref name="max"/>.</summary>
    internal static bool TryDecimal(ReadOnlySpan<byte> text, ref int at, ulong max, out ulong value)
    {
        value = 0;
        int i = at;
        for (; i < text.Length && IsDigit(text[i]); i++)
        {
            uint digit = (uint)(text[i] - '0');
            // 19 digits always fit into 64 bits.
            if (i - at >= 19 && value > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        if (i == at || value > max)
        {
            return false;
        }

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
}
