using System.Buffers.Text;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Numbers the way damo writes them into strings: <c>139,637,976,727,552</c>, <c>4.000 KiB</c>, <c>13 m 20 s 21 ms</c>, <c>12.5 %</c>,
/// <c>max</c>.
/// </summary>
internal static class DamoNumber
{
    private const int MaxDigits = 28;

    /// <summary>Not a hot path: damo's own files pay for their strings with about 60 ns a number. No allocation.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, DamoUnit unit, out decimal value)
    {
        value = 0;
        text = text.Trim((byte)' ');
        bool negative = !text.IsEmpty && text[0] == '-';
        text = negative ? text[1..] : text;
        if (text.SequenceEqual("max"u8))
        {
            value = ulong.MaxValue;
            return !negative;
        }

        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            if (!TryParseOne(ref text, unit, out decimal part))
            {
                return false;
            }

            value += part;
            if (value > ulong.MaxValue)
            {
                return false;
            }
        }

        value = negative ? -value : value;
        return true;
    }

    /// <summary>One number with its unit; times may be a row of them.</summary>
    private static bool TryParseOne(ref ReadOnlySpan<byte> text, DamoUnit unit, out decimal value)
    {
        value = 0;
        Span<byte> digits = stackalloc byte[MaxDigits + 1];
        int length = 0;
        int at = 0;
        for (; at < text.Length && text[at] is (>= (byte)'0' and <= (byte)'9') or (byte)',' or (byte)'.'; at++)
        {
            if (text[at] == ',')
            {
                continue;
            }

            if (length == digits.Length)
            {
                return false;
            }

            digits[length++] = text[at];
        }

        if (!Utf8Parser.TryParse(digits[..length], out value, out int consumed) || consumed != length)
        {
            return false;
        }

        text = text[at..].TrimStart((byte)' ');
        int letters = 0;
        while (letters < text.Length && text[letters] is not ((byte)' ' or (>= (byte)'0' and <= (byte)'9')))
        {
            letters++;
        }

        decimal? factor = Factor(text[..letters], unit);
        text = text[letters..].TrimStart((byte)' ');
        if (factor is not { } known || value > ulong.MaxValue / known)
        {
            return false;
        }

        value *= known;
        return true;
    }

    private static decimal? Factor(ReadOnlySpan<byte> name, DamoUnit unit) => (unit, name.IsEmpty) switch
    {
        (DamoUnit.None or DamoUnit.Percent or DamoUnit.Bytes or DamoUnit.Nanoseconds or DamoUnit.Microseconds, true) => 1,
        (DamoUnit.Bytes, _) => BytesFactor(name),
        (DamoUnit.Nanoseconds, _) => TimeFactor(name),
        (DamoUnit.Microseconds, _) => TimeFactor(name) / 1000,
        (DamoUnit.Percent, _) => name.SequenceEqual("%"u8) ? 1 : null,
        _ => null,
    };

    private static decimal? TimeFactor(ReadOnlySpan<byte> name) => name switch
    {
        [(byte)'n', (byte)'s'] => 1,
        [(byte)'u', (byte)'s'] => 1_000,
        [(byte)'m', (byte)'s'] => 1_000_000,
        [(byte)'s'] => 1_000_000_000,
        [(byte)'m'] => 60_000_000_000,
        [(byte)'h'] => 3_600_000_000_000,
        [(byte)'d'] => 86_400_000_000_000,
        _ => null,
    };

    private static decimal? BytesFactor(ReadOnlySpan<byte> name)
    {
        if (name is [(byte)'B'])
        {
            return 1;
        }

        int power = "KMGTPE"u8.IndexOf(name[0]) + 1;
        bool rest = name.Length == 1 || name[1..].SequenceEqual("B"u8) || name[1..].SequenceEqual("iB"u8);
        return power > 0 && rest ? 1UL << (10 * power) : null;
    }
}
