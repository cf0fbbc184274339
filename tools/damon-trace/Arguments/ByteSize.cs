using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Sizes on the command line: <c>4096</c>, <c>4K</c>, <c>2M</c>, <c>1G</c>; powers of 1024; <c>1.4G</c>, <c>100MB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, ulong Bytes)[] s_units = [("K", 1UL << 10), ("M", 1UL << 20), ("G", 1UL << 30), ("T", 1UL << 40), ("", 1)];

    internal static Option<ulong?> Option(string name, string description) =>
        new(name) { Description = description, CustomParser = Parse, HelpName = "SIZE" };

    /// <summary>Several sizes, separated by commas; an error names the one that is none.</summary>
    internal static ulong[]? ParseList(ArgumentResult result)
    {
        var sizes = new List<ulong>();
        foreach (string word in string.Join(',', result.Tokens.Select(token => token.Value)).Split(','))
        {
            if (Parse(word, result) is not ulong size)
            {
                return null;
            }

            sizes.Add(size);
        }

        return [.. sizes];
    }

    private static ulong? Parse(ArgumentResult result) => Parse(result.Tokens.Count > 0 ? result.Tokens[0].Value : "", result);

    private static ulong? Parse(string text, ArgumentResult result)
    {
        if (TryParse(text, out ulong bytes))
        {
            return bytes;
        }

        result.AddError($"'{text}' is not a size: use bytes, or K, M, G, T, e.g. 64M or 1.4G");
        return null;
    }

    /// <summary>Parses a size in bytes; <c>MB</c> is <c>M</c>.</summary>
    internal static bool TryParse(string text, out ulong bytes)
    {
        string digits = text.EndsWith('B') ? text[..^1] : text;
        (string suffix, ulong unit) = s_units.First(unit => digits.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        bool parsed = decimal.TryParse(
            digits.AsSpan(0, digits.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= ulong.MaxValue / unit && (suffix.Length > 0 || decimal.IsInteger(number));
        bytes = parsed ? (ulong)(number * unit) : 0;
        return parsed;
    }
}
