using System.CommandLine;
using System.CommandLine.Parsing;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--address-range START-END</c>, with the addresses of <see cref="AddressRanges"/>.</summary>
internal static class AddressRangeOption
{
    internal static Option<AddressRange?> Create() => new("--address-range")
    {
        Description = "Only these addresses, in hexadecimal. Default: all.",
        CustomParser = Parse,
        HelpName = "START-END",
    };

    /// <summary>Several ranges that are told apart; ascending and disjoint.</summary>
    internal static Option<AddressRange[]?> CreateSeveral() => new("--address-range")
    {
        Description = "Only these addresses, in hexadecimal; several, START-END,START-END, are told apart. Default: the hottest.",
        CustomParser = ParseSeveral,
        HelpName = "START-END",
    };

    private static AddressRange[]? ParseSeveral(ArgumentResult result)
    {
        List<AddressRange> ranges = [];
        foreach (string word in string.Join(',', result.Tokens.Select(static token => token.Value)).Split(','))
        {
            if (!AddressRanges.TryParseOne(word, out AddressRange range))
            {
                result.AddError(AddressRanges.Explain(word));
                return null;
            }

            if (ranges.Exists(other => other.Start < range.End && range.Start < other.End))
            {
                result.AddError($"'{word}' overlaps another address range");
                return null;
            }

            ranges.Add(range);
        }

        return [.. ranges.OrderBy(static range => range.Start)];
    }

    private static AddressRange? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (AddressRanges.TryParseOne(text, out AddressRange range))
        {
            return range;
        }

        result.AddError(AddressRanges.Explain(text));
        return null;
    }
}
