using System.Globalization;
using System.CommandLine.Parsing;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Durations on the command line: <c>5ms</c>, <c>100ms</c>, <c>1s</c>, <c>2min</c>, <c>500us</c>, or plain microseconds.</summary>
internal static class Duration
{
    private static readonly (string Suffix, double Us)[] s_units =
        [("us", 1), ("ms", 1_000), ("min", 60_000_000), ("s", 1_000_000), ("h", 3_600_000_000), ("", 1)];

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

        result.AddError($"'{text}' is not a duration: use e.g. 5ms, 100ms, 1s, 2min, or plain microseconds");
        return null;
    }

    /// <summary>Parses a duration into microseconds; no sign, no overflow.</summary>
    internal static bool TryParseUs(string text, out ulong us)
    {
        foreach ((string suffix, double unit) in s_units)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
                && value * unit < long.MaxValue / 1_000)
            {
                us = (ulong)Math.Round(value * unit);
                return true;
            }
        }

        us = 0;
        return false;
    }
}
