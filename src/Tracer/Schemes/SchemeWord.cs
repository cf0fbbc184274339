using System.Buffers;
using System.Globalization;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A word of a scheme and its values in their units. Columns count from 1, and so do lines; 0 within a single line.</summary>
internal readonly record struct SchemeWord(string Text, int Column, int Line = 0)
{
    // Nobody waits a century, and nothing overflows.
    private const double MaxUs = 100 * 365.25 * 86_400e6;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    // Sizes have their own bound; of everything else nobody needs more.
    private const double MaxNumber = 1e18;

    private static readonly (string Suffix, double Bytes)[] s_sizes =
    [
        ("K", 1UL << 10), ("M", 1UL << 20), ("G", 1UL << 30), ("T", 1UL << 40), ("P", 1UL << 50),
        ("KB", 1UL << 10), ("MB", 1UL << 20), ("GB", 1UL << 30), ("TB", 1UL << 40), ("PB", 1UL << 50),
        ("KiB", 1UL << 10), ("MiB", 1UL << 20), ("GiB", 1UL << 30), ("TiB", 1UL << 40), ("PiB", 1UL << 50), ("B", 1),
    ];

    private static readonly (string Suffix, double Us)[] s_times =
        [("ns", 1e-3), ("us", 1), ("ms", 1e3), ("s", 1e6), ("min", 60e6), ("m", 60e6), ("h", 3600e6), ("d", 86_400e6)];

    internal SchemeException Unexpected(string expected) => new(
        $"{(Line > 0 ? $"line {Line}: " : "")}column {Column}: expected {expected}; found '{Text}'",
        "'damon-trace schemes --help' shows the words of a scheme, docs/schemes.md has everything");

    internal ulong Size() => Text switch
    {
        "min" => 0,
        "max" => ulong.MaxValue,
        _ when ulong.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes) => bytes,
        _ when Quantity(s_sizes) is double bytes and < ulong.MaxValue => (ulong)bytes,
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
                return Number("%") is double percent ? percent <= 100 ? AccessBound.Percent(percent) : throw Unexpected("at most 100%, every sample")
                    : (Number("Hz") ?? Number("hz")) is double hz ? AccessBound.Hz(hz)
                    : Number("samples") is double samples ? samples >= uint.MaxValue ? AccessBound.Max : AccessBound.Samples(samples)
                    : throw Unexpected("how often it is accessed: 0, min, max, or with a unit: 5%, 10Hz, 3samples");
        }
    }

    internal AgeBound Age()
    {
        switch (Text)
        {
            case "min" or "0":
                return AgeBound.Min;
            case "max":
                return AgeBound.Max;
            default:
                return (Number("aggrs") ?? Number("aggr_intervals")) is double aggregations
                    ? aggregations >= uint.MaxValue ? AgeBound.Max : AgeBound.Aggregations(aggregations)
                    : FindTime() is double us ? AgeBound.Time(TimeSpan.FromMicroseconds(us))
                    : throw Unexpected("an age: 0, min, max, or with a unit: 30s, 500ms, 1m30s, 5aggrs");
        }
    }

    internal double TimeUs() => FindTime() ?? throw Unexpected("a time with its unit: 10ms, 1s");

    /// <summary>A share in parts of so many for the whole, e.g. 1,000: a whole number of them.</summary>
    internal uint Share(int whole) => Number("%") is double percent && percent <= 100 && WholeNumber(percent * whole / 100) is uint parts
        ? parts : throw Unexpected($"0% to 100%, in steps of {100m / whole}%");

    internal uint WholeNumber() =>
        uint.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : throw Unexpected("a whole number");

    internal ulong LongNumber() =>
        ulong.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw Unexpected("a whole number");

    /// <summary>0x and hexadecimal digits, or decimal.</summary>
    internal ulong Address() =>
        Text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
                ? address : throw Unexpected("an address: 0x7f0000000000")
            : Size();

    internal bool IsTime => FindTime() is not null;

    /// <summary>The parts between separators, each with its own column.</summary>
    internal SchemeWord[] Split(char separator)
    {
        string[] parts = Text.Split(separator);
        var words = new SchemeWord[parts.Length];
        int column = Column;
        for (int i = 0; i < parts.Length; i++)
        {
            words[i] = this with { Text = parts[i], Column = column };
            column += parts[i].Length + 1;
        }

        return words;
    }

    /// <summary>Before and after the first separator.</summary>
    internal (SchemeWord Before, SchemeWord? After) Cut(char separator)
    {
        int at = Text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (this, null) : (this with { Text = Text[..at] }, this with { Text = Text[(at + 1)..], Column = Column + at + 1 });
    }

    /// <summary>The whole number that a product is, the error of its factors apart.</summary>
    internal static uint? WholeNumber(double value)
    {
        double whole = Math.Round(value);
        return Math.Abs(value - whole) < 1e-6 && whole <= uint.MaxValue ? (uint)whole : null;
    }

    private double? Number(string suffix) => Text.EndsWith(suffix, StringComparison.Ordinal) ? ToNumber(Text.AsSpan(0, Text.Length - suffix.Length)) : null;

    private static double? ToNumber(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= MaxNumber ? value : null;

    private double? FindTime() => Quantity(s_times) is double us && us <= MaxUs ? us : null;

    /// <summary>Numbers with units, one behind the other: 1m30s is 90 seconds. Null: it is something else.</summary>
    private double? Quantity((string Suffix, double Factor)[] units)
    {
        ReadOnlySpan<char> rest = Text;
        double sum = 0;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExcept(s_digits);
            ReadOnlySpan<char> behind = digits <= 0 ? default : rest[digits..];
            int letters = behind.IndexOfAny(s_digits);
            ReadOnlySpan<char> unit = letters < 0 ? behind : behind[..letters];
            double? factor = null;
            foreach ((string suffix, double of) in units)
            {
                factor = unit.SequenceEqual(suffix) ? of : factor;
            }

            if (factor is null || ToNumber(rest[..digits]) is not double number)
            {
                return null;
            }

            sum += number * factor.Value;
            rest = behind[unit.Length..];
        }

        return Text.Length > 0 ? sum : null;
    }
}
