using System.Globalization;

namespace Damon.Trace.Exerciser;

/// <summary>Sizes and durations as people write them: 3.5G, 500ms.</summary>
internal static class Units
{
    private static readonly (string Suffix, double Factor)[] s_sizes =
    [
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("", 1),
    ];

    // The longer suffix first: "ms" also ends in "s". Plain numbers are microseconds, as everywhere in DAMON.
    private static readonly (string Suffix, double Factor)[] s_durations =
    [
        ("ms", 1e6), ("us", 1e3), ("ns", 1), ("s", 1e9), ("m", 60e9), ("", 1e3),
    ];

    internal static bool TryParseSize(string text, out ulong bytes)
    {
        bool valid = TryParse(text.TrimEnd('B', 'i'), s_sizes, out double value);
        bytes = (ulong)value;
        return valid;
    }

    internal static bool TryParseDuration(string text, out long nanoseconds)
    {
        bool valid = TryParse(text, s_durations, out double value);
        nanoseconds = (long)value;
        return valid;
    }

    private static bool TryParse(string text, (string Suffix, double Factor)[] units, out double value)
    {
        foreach ((string suffix, double factor) in units)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                bool valid = double.TryParse(
                    text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
                value *= factor;
                return valid && value < 1L << 62;
            }
        }

        value = 0;
        return false;
    }
}
