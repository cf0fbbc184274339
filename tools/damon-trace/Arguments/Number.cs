using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Numbers on the command line; what is none is said in plain words.</summary>
internal static class Number
{
    /// <summary>Parses whole numbers between two bounds; null, with an error, for anything else.</summary>
    internal static Func<ArgumentResult, T?> Nullable<T>(T min, T max)
        where T : struct, IBinaryInteger<T> => result => Parse(result, min, max);

    /// <summary>The same for options that have a default.</summary>
    internal static Func<ArgumentResult, T> Whole<T>(T min, T max)
        where T : struct, IBinaryInteger<T> => result => Parse(result, min, max) ?? min;

    /// <summary>Parses 0 and more, with a decimal point where needed.</summary>
    internal static double? Rate(ArgumentResult result)
    {
        string text = Text(result);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && double.IsFinite(rate))
        {
            return rate;
        }

        result.AddError($"'{text}' is not a number for {NameOf(result)}: use 0 or more, e.g. 0.5");
        return null;
    }

    private static T? Parse<T>(ArgumentResult result, T min, T max)
        where T : struct, IBinaryInteger<T>
    {
        string text = Text(result);
        if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out T number) && number >= min && number <= max)
        {
            return number;
        }

        string bounds = max == MaxOf<T>() ? $"{min} or more" : $"{min} to {max}";
        result.AddError($"'{text}' is not a number for {NameOf(result)}: use a whole number, {bounds}");
        return null;
    }

    private static T MaxOf<T>()
        where T : struct, IBinaryInteger<T> => T.CreateSaturating(ulong.MaxValue);

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    private static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
}
