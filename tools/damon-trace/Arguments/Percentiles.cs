using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--percentiles 0,50,95</c>: whole numbers from 0 to 100.</summary>
internal static class Percentiles
{
    internal static Option<int[]> Option()
    {
        var option = new Option<int[]>("--percentiles")
        {
            Description = "Which percentiles, 0 to 100, separated by commas. Default: 0,25,50,75,90,95,99,100.",
            CustomParser = Parse,
            DefaultValueFactory = _ => [0, 25, 50, 75, 90, 95, 99, 100],
            HelpName = "P,P,...",
        };
        return option;
    }

    private static int[]? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        var percentiles = new List<int>();
        foreach (string word in text.Split(','))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int percentile) || percentile > 100)
            {
                result.AddError($"'{word}' is not a percentile: use whole numbers from 0 to 100, e.g. --percentiles 50,95");
                return null;
            }

            percentiles.Add(percentile);
        }

        return [.. percentiles];
    }
}
