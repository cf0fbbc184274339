using System.Globalization;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A word of a scheme and its values in their units. Column counts from 1.</summary>
internal readonly record struct SchemeWord(string Text, int Column)
{
    private static readonly (string Suffix, double Bytes)[] s_sizes =
        [("K", 1UL << 10), ("M", 1UL << 20), ("G", 1UL << 30), ("T", 1UL << 40), ("B", 1), ("", 1)];

    private static readonly (string Suffix, double Us)[] s_times =
        [("us", 1), ("ms", 1e3), ("min", 60e6), ("m", 60e6), ("s", 1e6), ("h", 3600e6), ("d", 86_400e6)];

    internal SchemeException Unexpected(string expected) =>
        new($"column {Column}: expected {expected}; found '{Text}'", "'damon-trace schemes --help' shows an example, docs/schemes.md everything");

    internal ulong Size() => Text switch
    {
        "min" => 0,
        "max" => ulong.MaxValue,
        _ when Find(s_sizes, out double bytes) && bytes < ulong.MaxValue => (ulong)bytes,
        _ => throw Unexpected("a size: min, max, or bytes with K, M, G, T, e.g. 4K"),
    };

    /// <summary>A bare number meant percent to some tools and samples to others: it is refused.</summary>
    internal AccessBound Accesses()
    {
        switch (Text)
        {
            case "min" or "0":
                return AccessBound.Min;
            case "max":
                return AccessBound.Max;
            default:
                return Number("%") is double percent ? AccessBound.Percent(percent)
                    : Number("Hz") is double hz ? AccessBound.Hz(hz)
                    : Number("samples") is double samples ? AccessBound.Samples(samples)
                    : throw Unexpected("how often it is accessed: 0, min, max, or with a unit: 5%, 10Hz, 3samples");
        }
    }

    internal AgeBound Age() => Text switch
    {
        "min" or "0" => AgeBound.Min,
        "max" => AgeBound.Max,
        _ when Number("aggrs") is double aggregations => AgeBound.Aggregations(aggregations),
        _ when Find(s_times, out double us) => AgeBound.Time(TimeSpan.FromMicroseconds(us)),
        _ => throw Unexpected("an age: 0, min, max, or with a unit: 30s, 500ms, 2min, 5aggrs"),
    };

    internal double TimeUs() => Find(s_times, out double us) ? us : throw Unexpected("a time with its unit: 10ms, 1s");

    internal double Percent() => Number("%") is double percent && percent <= 100 ? percent : throw Unexpected("0% to 100%");

    internal uint Weight() =>
        uint.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint weight) ? weight : throw Unexpected("a weight: a whole number");

    internal bool IsTime => Find(s_times, out _);

    /// <summary>The parts between separators, each with its own column.</summary>
    internal SchemeWord[] Split(char separator)
    {
        string[] parts = Text.Split(separator);
        var words = new SchemeWord[parts.Length];
        int column = Column;
        for (int i = 0; i < parts.Length; i++)
        {
            words[i] = new SchemeWord(parts[i], column);
            column += parts[i].Length + 1;
        }

        return words;
    }

    /// <summary>Before and after the first separator.</summary>
    internal (SchemeWord Before, SchemeWord? After) Cut(char separator)
    {
        int at = Text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (this, null) : (new SchemeWord(Text[..at], Column), new SchemeWord(Text[(at + 1)..], Column + at + 1));
    }

    private double? Number(string suffix) =>
        Text.EndsWith(suffix, StringComparison.Ordinal)
        && double.TryParse(Text.AsSpan(0, Text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value) ? value : null;

    /// <summary>At most what a century has in microseconds, so that nothing overflows.</summary>
    private bool Find((string Suffix, double Unit)[] units, out double value)
    {
        foreach ((string suffix, double unit) in units)
        {
            if (Number(suffix) is double number)
            {
                value = number * unit;
                return units == s_sizes || value <= 100 * 365.25 * 86_400e6;
            }
        }

        value = 0;
        return false;
    }
}
