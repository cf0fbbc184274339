using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>
/// Durations on the command line: <c>5ms</c>, <c>100ms</c>, <c>1s</c>, <c>2min</c>, <c>500us</c>, and a bare number of seconds, as sleep(1),
/// timeout(1) and damo have it.
/// </summary>
internal static class Duration
{
    private static readonly (string Suffix, double Us)[] s_units =
    [
        ("us", 1), ("ms", 1_000), ("min", 60_000_000), ("m", 60_000_000), ("s", 1_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
        ("", 1_000_000),
    ];

    // A century: far more than any recording, and far from any overflow.
    private const double MostUs = 100 * 365.25 * 86_400_000_000;

    /// <summary>An option that takes a duration.</summary>
    internal static Option<ulong?> Option(string name, string description) =>
        new(name) { Description = description, CustomParser = ParseUs, HelpName = "TIME" };

    /// <summary>Parses an option's value into microseconds; an error names the value.</summary>
    internal static ulong? ParseUs(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        string text = result.Tokens[0].Value;
        if (TryParseUs(text, out ulong us))
        {
            return us;
        }

        result.AddError($"'{text}' is not a duration: use e.g. 5ms, 100ms, 1s, 2min; a bare number is seconds");
        return null;
    }

    /// <summary>Parses a duration into microseconds; no sign, no overflow.</summary>
    internal static bool TryParseUs(string text, out ulong us)
    {
        foreach ((string suffix, double unit) in s_units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && value * unit <= MostUs)
            {
                us = (ulong)Math.Round(value * unit);
                return true;
            }
        }

        us = 0;
        return false;
    }

    /// <summary>A duration as it would be written on the command line.</summary>
    internal static string Describe(ulong us) => us switch
    {
        0 => "0s",
        _ when us % 1_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{us / 1_000_000}s"),
        _ when us % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $"{us / 1_000}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{us}us"),
    };
}
