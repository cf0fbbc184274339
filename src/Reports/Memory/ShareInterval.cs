namespace Damon.Trace.Reports.Memory;

/// <summary>An estimated share of a population and its 95 % interval.</summary>
/// <param name="Share">The estimate, 0 to 1.</param>
/// <param name="Low">Lower bound.</param>
/// <param name="High">Upper bound.</param>
internal readonly record struct ShareInterval(double Share, double Low, double High)
{
    /// <summary>97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959964;

    /// <summary>
    /// Wilson's score interval of k hits in n draws without replacement from a population: the variance of the share is (1 - n /
    /// population) times that of draws with replacement, as if there were n / (1 - n / population) of those. Holds for few hits and for
    /// none.
    /// </summary>
    public static ShareInterval OfDraws(long hits, long draws, double population)
    {
        double n = Draws(draws, population);
        double share = draws == 0 ? 0 : (double)hits / draws;
        return Score(share, share * (1 - share) / n, n);
    }

    /// <summary>
    /// The same for one draw from each of many blocks of neighbours: what neighbouring draws have in common tells nothing, so the variance
    /// comes from how often they differ (successive differences; Wolter, Introduction to Variance Estimation, 2007, chapter 8). That is
    /// small for solid memory, of which only the blocks at its ends are uncertain, and the same as above for scattered memory.
    /// </summary>
    /// <param name="hits">Draws that hit.</param>
    /// <param name="draws">All draws.</param>
    /// <param name="changes">Neighbours of which one hit and the other did not.</param>
    /// <param name="population">What was drawn from.</param>
    public static ShareInterval OfBlocks(long hits, long draws, long changes, double population)
    {
        double n = Draws(draws, population);
        double share = draws == 0 ? 0 : (double)hits / draws;
        double variance = draws == 0 ? 0 : changes / 2.0 / draws / n;
        double plain = Z * Math.Sqrt(variance);

        // The score's centre is off by Z * Z / 2 draws, more than solid memory is uncertain by.
        ShareInterval score = Score(share, variance, n);
        return new ShareInterval(share, Math.Max(0, Math.Min(score.Low, share - plain)), Math.Min(1, Math.Max(score.High, share + plain)));
    }

    /// <summary>
    /// The same for a share of draws that do not all weigh the same: as of so many that do (Kish, Survey Sampling, 1965, 11.2).
    /// </summary>
    /// <param name="share">The weighted share.</param>
    /// <param name="draws">The square of the sum of weights over the sum of their squares.</param>
    public static ShareInterval OfWeights(double share, double draws) => Score(share, draws > 0 ? share * (1 - share) / draws : 0, draws);

    /// <summary>The same for the mean of draws that are shares themselves.</summary>
    /// <param name="mean">Theirs.</param>
    /// <param name="variance">Of one draw, as they show it.</param>
    /// <param name="draws">How many.</param>
    public static ShareInterval OfMeans(double mean, double variance, long draws) => Score(mean, draws > 0 ? variance / draws : 0, draws);

    /// <summary>Draws with replacement that would say as much; without end when all of the population was drawn.</summary>
    private static double Draws(long draws, double population)
    {
        double left = 1 - (draws / Math.Max(population, draws));
        return draws == 0 ? 0 : left > 0 ? draws / left : double.PositiveInfinity;
    }

    private static ShareInterval Score(double share, double variance, double n)
    {
        if (n == 0)
        {
            return new ShareInterval(0, 0, 1);
        }

        double scale = 1 / (1 + (Z * Z / n));
        double centre = scale * (share + (Z * Z / (2 * n)));
        double half = scale * Z * Math.Sqrt(variance + (Z * Z / (4 * n * n)));
        return new ShareInterval(share, Math.Max(0, Math.Min(share, centre - half)), Math.Min(1, Math.Max(share, centre + half)));
    }
}
