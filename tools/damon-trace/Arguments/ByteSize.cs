using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Sizes on the command line: <c>4096</c>, <c>4K</c>, <c>2M</c>, <c>1G</c>; powers of 1024.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, ulong Bytes)[] s_units = [("K", 1UL << 10), ("M", 1UL << 20), ("G", 1UL << 30), ("T", 1UL << 40), ("", 1)];

    internal static Option<ulong?> Option(string name, string description) =>
        new(name) { Description = description, CustomParser = Parse, HelpName = "SIZE" };

    private static ulong? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        (string suffix, ulong unit) = s_units.First(unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        bool parsed = ulong.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        if (parsed && number <= ulong.MaxValue / unit)
        {
            return number * unit;
        }

        result.AddError($"'{text}' is not a size: use bytes, or K, M, G, T, e.g. 64M");
        return null;
    }
}
