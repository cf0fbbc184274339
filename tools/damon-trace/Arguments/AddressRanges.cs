using System.CommandLine.Parsing;
using System.Globalization;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Arguments;

/// <summary>
/// Address ranges on the command line: <c>0x7f0000000000-0x7f0000400000,0x1000-0x2000</c>, the end not included. Hexadecimal with 0x, as every
/// report prints them, and without where it can be nothing else: as /proc/PID/maps prints them. Decimal with 13 digits and more, as the events
/// themselves are printed. Numbers that could be meant either way are refused.
/// </summary>
internal static class AddressRanges
{
    private const string HexPrefix = "0x";

    // As hexadecimal they would be beyond any address of a process.
    private const int LeastDecimalDigits = 13;

    /// <summary>Parses an option's value; an error names the part that is wrong.</summary>
    internal static AddressRange[]? Parse(ArgumentResult result)
    {
        if (TryParse(string.Join(',', result.Tokens.Select(token => token.Value)), out AddressRange[] ranges, out string problem))
        {
            return ranges;
        }

        result.AddError(problem);
        return null;
    }

    /// <summary>Sorted, widened to whole pages as the kernel does, and disjoint.</summary>
    internal static bool TryParse(string text, out AddressRange[] ranges, out string problem)
    {
        var found = new List<AddressRange>();
        ranges = [];
        ulong pageSize = (ulong)Environment.SystemPageSize;
        foreach (string word in text.Split(','))
        {
            if (!TryParseOne(word, out AddressRange range) || range.End > ulong.MaxValue - pageSize)
            {
                problem = Explain(word);
                return false;
            }

            found.Add(new AddressRange(range.Start / pageSize * pageSize, (range.End + pageSize - 1) / pageSize * pageSize));
        }

        found.Sort((left, right) => left.Start.CompareTo(right.Start));
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i].Start < found[i - 1].End)
            {
                problem = $"address ranges overlap, in whole pages, at 0x{found[i].Start:x}";
                return false;
            }
        }

        ranges = [.. found];
        problem = "";
        return true;
    }

    /// <summary>One range, as it is written: the end is the first byte after it.</summary>
    internal static bool TryParseOne(string text, out AddressRange range)
    {
        range = default;
        string[] ends = text.Split('-');
        if (ends.Length != 2)
        {
            return false;
        }

        bool hex = ends.Any(IsPrefixed) || (ends.All(IsPlainHex) && ends.Any(IsSurelyHex));
        bool number = !hex && ends.All(end => end.All(char.IsAsciiDigit)) && ends.Any(end => end.Length >= LeastDecimalDigits);
        if (!TryParseAddress(ends[0], hex, number, out ulong start) || !TryParseAddress(ends[1], hex, number, out ulong end) || end <= start)
        {
            return false;
        }

        range = new AddressRange(start, end);
        return true;
    }

    internal static string Explain(string text) => text.Split('-') is [{ } start, { } end] && IsPlainHex(start) && IsPlainHex(end)
        ? $"'{text}' may be hexadecimal or decimal: write 0x{start}-0x{end} or its hexadecimal value, the end after the start"
        : $"'{text}' is not an address range: use START-END, e.g. 0x7f0000000000-0x7f0000400000";

    private static bool TryParseAddress(string text, bool hex, bool number, out ulong address)
    {
        if (number)
        {
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out address);
        }

        address = 0;
        return hex
            && ulong.TryParse(text.AsSpan(IsPrefixed(text) ? HexPrefix.Length : 0), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
    }

    private static bool IsPrefixed(string text) => text.StartsWith(HexPrefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsPlainHex(string text) => text.Length is > 0 and <= 16 && text.All(char.IsAsciiHexDigit);

    // Decimal numbers have neither letters nor zeros in front; twelve digits are what reports and maps of most programs have.
    private static bool IsSurelyHex(string text) => text.Any(char.IsAsciiLetter) || text is ['0', _, ..] || text.Length == 12;
}
