using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--address-range START-END</c>: hexadecimal as reports print it; the end is the first byte after the range.</summary>
internal sealed record AddressRange(ulong Start, ulong End)
{
    internal static Option<AddressRange?> Option() => new("--address-range")
    {
        Description = "Only these addresses, hexadecimal as reports print them. Default: all.",
        CustomParser = Parse,
        HelpName = "START-END",
    };

    private static AddressRange? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        string[] parts = text.Split('-');
        if (parts.Length == 2 && TryParse(parts[0], out ulong start) && TryParse(parts[1], out ulong end) && start < end)
        {
            return new AddressRange(start, end);
        }

        result.AddError($"'{text}' is not an address range: use two hexadecimal addresses, e.g. 7fc88fe00000-7fc891e00000");
        return null;
    }

    private static bool TryParse(string text, out ulong address) => ulong.TryParse(
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture, out address);
}
