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
