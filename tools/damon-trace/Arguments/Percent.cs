using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Shares on the command line: <c>5%</c> or <c>5</c>, both per cent.</summary>
internal static class Percent
{
    /// <summary>Parses a share greater than 0 and at most 100 per cent into a fraction.</summary>
    internal static double? ParseShare(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        string text = result.Tokens[0].Value;
        bool parsed = double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent);
        if (parsed && percent is > 0 and <= 100)
        {
            return percent / 100;
        }

        result.AddError($"'{text}' is not a share: use more than 0% and at most 100%, e.g. 1%");
        return null;
    }
}
