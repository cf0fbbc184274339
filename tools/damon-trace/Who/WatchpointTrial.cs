using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Who;

/// <summary>
/// Whether random bytes of the memory are accessed often enough while they are watched: a few hits would have to stand for all. Memory of which a
/// word in a page is used, say, is hot, and a random byte of it is never accessed. A sequential test: after 72 looks, and whenever their number has
/// doubled since, it is decided if the exact 95 % interval of the hit rate (Clopper and Pearson, 1934) lies on one side of one in 20. Asked at each
/// look instead, chance alone would cross the line sooner or later; asked five times, it does in fewer than one of 250 runs where the rate is half or twice that
/// (WatchpointTrialTests derives it). After 1,152 looks it is so close to one in 20 that either would do: watchpoints stay.
/// </summary>
internal sealed class WatchpointTrial
{
    /// <summary>Below this share of hits looks are in vain.</summary>
    internal const double LeastHitRate = 1 / 20.0;

    /// <summary>The fewest of which none hit where one can say that fewer than one in 20 do: 0.95 to the 72nd is 2.5 %.</summary>
    internal const long FirstLooks = 72;

    internal const long MostLooks = 1152;

    private const double Tail = 0.025;

    private long _hits;
    private long _looks;
    private long _nextLooks = FirstLooks;

    internal enum Verdict
    {
        Undecided,
        Worthwhile,
        InVain,
    }

    internal Verdict Outcome { get; private set; }

    /// <summary>On what it was decided, or was not.</summary>
    internal string Evidence
    {
        get
        {
            (double low, double high) = Interval(_hits, _looks);
            return ReportText.Invariant($"{_hits} of {_looks} random bytes {(_hits == 1 ? "was" : "were")} accessed while watched ({low * 100:F1}-{high * 100:F1} %)");
        }
    }

    /// <summary>Takes what was seen so far; changes nothing once it is decided.</summary>
    internal Verdict Take(long hits, long looks)
    {
        if (Outcome != Verdict.Undecided)
        {
            return Outcome;
        }

        (_hits, _looks) = (hits, looks);
        if (looks >= _nextLooks)
        {
            _nextLooks = 2 * looks;
            bool isBelow = P(looks, LeastHitRate, hits) < Tail;
            bool isAbove = hits > 0 && 1 - P(looks, LeastHitRate, hits - 1) < Tail;
            Outcome = isBelow ? Verdict.InVain : isAbove || looks >= MostLooks ? Verdict.Worthwhile : Verdict.Undecided;
        }

        return Outcome;
    }

    /// <summary>The rates at which so few, and so many, hits have a probability of 2.5 % each.</summary>
    internal static (double Low, double High) Interval(long hits, long looks) => (
        hits == 0 ? 0 : Bisect(rate => 1 - P(looks, rate, hits - 1) < Tail),
        hits == looks ? 1 : Bisect(rate => P(looks, rate, hits) >= Tail));

    private static double Bisect(Func<double, bool> isBelow)
    {
        const int Halvings = 30;
        (double low, double high) = (0, 1);
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = isBelow(middle) ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The probability of at most so many hits.</summary>
    private static double P(long looks, double rate, long hits)
    {
        // In logarithms: the first of the terms is often too small for a double.
        double term = looks * Math.Log(1 - rate);
        double sum = 0;
        for (long i = 0; i <= hits; i++)
        {
            sum += Math.Exp(term);
            term += Math.Log((double)(looks - i) / (i + 1)) + Math.Log(rate / (1 - rate));
        }

        return sum;
    }
}
