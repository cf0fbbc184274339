namespace Damon.Trace.Reports.HugePages;

/// <summary>
/// How many small pages are accessed, from how often each was seen in samples of accesses. Pages that were never seen are estimated from those
/// seen once and twice: Chao's estimator S = d + (n - 1) / n * f1 (f1 - 1) / (2 (f2 + 1)) and its log-normal interval (Chao, Estimating the
/// population size for capture-recapture data with unequal catchability, Biometrics 43, 1987). It is exact when all pages are accessed alike and
/// a lower bound otherwise; then the upper end of the interval goes up to the estimator of Chao and Lee (Estimating the number of classes via
/// sample coverage, JASA 87, 1992), which takes the variation of their heat into account.
/// </summary>
/// <param name="Seen">Pages seen accessed: certain.</param>
/// <param name="Estimate">Pages accessed, estimated.</param>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end of the 95 % interval.</param>
/// <param name="Coverage">Share of all accesses that go to pages that were seen (Good and Turing), 0 to 1.</param>
internal readonly record struct SubpageEstimate(long Seen, double Estimate, double Low, double High, double Coverage)
{
    private const double Quantile = 1.959964;

    /// <summary>Of how often each page was seen.</summary>
    /// <param name="counts">A number greater than 0 for each page seen.</param>
    /// <param name="pages">Pages there are: nothing is estimated beyond.</param>
    internal static SubpageEstimate Of(IEnumerable<int> counts, double pages)
    {
        double n = 0;
        double pairs = 0;
        long seen = 0;
        double once = 0;
        double twice = 0;
        foreach (int count in counts)
        {
            n += count;
            pairs += (double)count * (count - 1);
            seen++;
            once += count == 1 ? 1 : 0;
            twice += count == 2 ? 1 : 0;
        }

        if (seen == 0)
        {
            return new SubpageEstimate(0, 0, 0, pages, 0);
        }

        double coverage = 1 - (once / n);
        double unseen = (n - 1) / n * once * (once - 1) / (2 * (twice + 1));
        double high = coverage <= 0 ? pages : Math.Max(seen + (unseen * Factor(n, once, twice, unseen, seen)), ChaoLee(n, seen, coverage, pairs));
        double low = unseen <= 0 || coverage <= 0 ? seen : seen + (unseen / Factor(n, once, twice, unseen, seen));
        return new SubpageEstimate(seen, Math.Min(seen + unseen, pages), Math.Min(low, pages), Math.Min(high, pages), coverage);
    }

    /// <summary>The log-normal interval is unseen / K to unseen * K.</summary>
    private static double Factor(double n, double once, double twice, double unseen, double seen)
    {
        if (unseen <= 0)
        {
            return 1;
        }

        double k = (n - 1) / n;
        double ratio = twice > 0 ? once / twice : 0;
        double variance = twice > 0
            ? twice * ((k * ratio * ratio / 2) + (k * k * ratio * ratio * ratio) + (k * k * ratio * ratio * ratio * ratio / 4))
            : (k * once * (once - 1) / 2) + (k * k * once * ((2 * once) - 1) * ((2 * once) - 1) / 4)
                - (k * k * once * once * once * once / (4 * (seen + unseen)));
        return Math.Exp(Quantile * Math.Sqrt(Math.Log(1 + (Math.Max(0, variance) / (unseen * unseen)))));
    }

    private static double ChaoLee(double n, double seen, double coverage, double pairs)
    {
        double alike = seen / coverage;
        double variation = n > 1 ? Math.Max(0, (alike * pairs / (n * (n - 1))) - 1) : 0;
        return alike + (n * (1 - coverage) / coverage * variation);
    }
}
