using System.Globalization;

namespace Damon.Trace.Soak;

/// <summary>Whether something has grown: the median of the last quarter of a run beside that of its first, without the start.</summary>
internal static class Trend
{
    /// <summary>Of the samples, what belongs to the start: the runtime compiles its hot methods anew, and pools fill.</summary>
    private const double StartShare = 0.1;

    /// <param name="name">What it is.</param>
    /// <param name="values">In order of time.</param>
    /// <param name="allowed">By how much it may be more at the end.</param>
    /// <param name="output">For the verdict.</param>
    internal static bool IsFlat(string name, IReadOnlyList<long> values, long allowed, TextWriter output)
    {
        long[] settled = [.. values.Skip((int)(values.Count * StartShare))];
        if (settled.Length < 4)
        {
            output.WriteLine($"{name}: too few samples to say");
            return true;
        }

        long before = Median(settled[..(settled.Length / 4)]);
        long after = Median(settled[^(settled.Length / 4)..]);
        bool flat = after - before <= allowed;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {before} in the first quarter, {after} in the last, {values.Max()} at most: {(flat ? "flat" : "GROWS")}"));
        return flat;
    }

    private static long Median(long[] values) => values.Order().ElementAt(values.Length / 2);
}
