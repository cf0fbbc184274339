namespace Damon.Trace.Reports.Pictures;

/// <summary>Round places on an axis.</summary>
internal static class AxisTicks
{
    /// <summary>
    /// Multiples of 1, 2 or 5 times a power of ten in 0 .. <paramref name="end"/>, at most <paramref name="most"/> steps.
    /// </summary>
    public static IEnumerable<double> Decimal(double end, int most) => Multiples(end, DecimalStep(end, most));

    /// <summary>The same for bytes, in powers of two.</summary>
    public static IEnumerable<double> Binary(double end, int most)
    {
        double step = 1;
        while (step * most < end)
        {
            step *= 2;
        }

        return Multiples(end, step);
    }

    private static double DecimalStep(double end, int most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(end, 1e-9) / most)));
        foreach (double factor in (ReadOnlySpan<double>)[1, 2, 5])
        {
            if (factor * power * most >= end)
            {
                return factor * power;
            }
        }

        return 10 * power;
    }

    private static IEnumerable<double> Multiples(double end, double step)
    {
        for (int i = 0; i * step <= end * (1 + 1e-9); i++)
        {
            yield return i * step;
        }
    }
}
