using Damon.Trace.Cli.Who;
using static Damon.Trace.Cli.Who.WatchpointTrial;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>When watchpoints are left for instructions: a rule of numbers alone.</summary>
public sealed class WatchpointTrialTests
{
    // Of b hits in n looks at 1/20: 0.95^72 = 2.49 %, and P(at least 9 of 72) = 1.0 %, of 8 it is 2.7 %.
    [Theory]
    [InlineData(1, 55, nameof(Verdict.Undecided))]
    [InlineData(0, 71, nameof(Verdict.Undecided))]
    [InlineData(0, 72, nameof(Verdict.InVain))]
    [InlineData(1, 72, nameof(Verdict.Undecided))]
    [InlineData(8, 72, nameof(Verdict.Undecided))]
    [InlineData(9, 72, nameof(Verdict.Worthwhile))]
    [InlineData(43, 1152, nameof(Verdict.InVain))]
    [InlineData(44, 1152, nameof(Verdict.Worthwhile))]
    public void FirstLook_DecidesByTheExactInterval(long hits, long looks, string verdict) =>
        Assert.Equal(verdict, new WatchpointTrial().Take(hits, looks).ToString());

    /// <summary>In between it is not asked: each time adds a chance of being wrong.</summary>
    [Fact]
    public void NextLook_IsAtTwiceAsMany()
    {
        var trial = new WatchpointTrial();
        Assert.Equal(Verdict.Undecided, trial.Take(2, 80));
        Assert.Equal(Verdict.Undecided, trial.Take(2, 159));
        Assert.Equal(Verdict.InVain, trial.Take(2, 160));
        Assert.Equal(Verdict.InVain, trial.Take(100, 320));
        Assert.Equal("2 of 160 random bytes were accessed while watched (0.2-4.4 %)", trial.Evidence);
    }

    /// <summary>
    /// Exactly, by adding up all ways in which the hits of five stretches of looks can come. Twice the threshold is taken for less once in 1,900 runs, half
    /// of it for more once in 270.
    /// </summary>
    [Theory]
    [InlineData(LeastHitRate / 5, 1e-7, 135)]
    [InlineData(LeastHitRate / 2, 0.0037, 401)]
    [InlineData(LeastHitRate * 2, 0.00054, 209)]
    [InlineData(LeastHitRate * 4, 1.1e-7, 75)]
    public void Verdict_IsRarelyWrong_WhereTheRateIsNotThatOfTheThreshold(double rate, double mostWrong, double mostLooks)
    {
        Verdict right = rate < LeastHitRate ? Verdict.InVain : Verdict.Worthwhile;
        Dictionary<long, double> undecided = new() { [0] = 1 };
        double wrong = 0;
        double decided = 0;
        double expectedLooks = 0;
        long before = 0;
        for (long looks = FirstLooks; undecided.Count > 0; before = looks, looks *= 2)
        {
            double[] stretch = Binomial(looks - before, rate);
            Dictionary<long, double> next = [];
            foreach ((long hits, double probability) in undecided)
            {
                for (int more = 0; more < stretch.Length; more++)
                {
                    next[hits + more] = next.GetValueOrDefault(hits + more) + (probability * stretch[more]);
                }
            }

            undecided = [];
            foreach ((long hits, double probability) in next)
            {
                // A fresh trial decides as one that was undecided before: what it remembers is only when it is asked next.
                Verdict verdict = new WatchpointTrial().Take(hits, looks);
                if (verdict == Verdict.Undecided)
                {
                    undecided[hits] = probability;
                    continue;
                }

                wrong += verdict == right ? 0 : probability;
                decided += probability;
                expectedLooks += probability * looks;
            }

            Assert.True(looks <= MostLooks, "it ends");
        }

        Assert.Equal(1, decided, 1e-6);
        Assert.InRange(wrong, mostWrong / 3, mostWrong);
        Assert.InRange(expectedLooks, mostLooks - 1, mostLooks);
    }

    /// <summary>Values of published tables of the exact interval.</summary>
    [Theory]
    [InlineData(0, 10, 0, 0.3085)]
    [InlineData(1, 20, 0.0013, 0.2487)]
    [InlineData(10, 100, 0.0490, 0.1762)]
    [InlineData(20, 20, 0.8316, 1)]
    [InlineData(500, 1000, 0.4685, 0.5315)]
    public void Interval_IsThatOfClopperAndPearson(long hits, long looks, double low, double high)
    {
        (double foundLow, double foundHigh) = Interval(hits, looks);
        Assert.Equal(low, foundLow, 0.0001);
        Assert.Equal(high, foundHigh, 0.0001);
    }

    /// <summary>Probabilities of 0, 1, ... hits; the last ones, too small to matter, are left out.</summary>
    private static double[] Binomial(long looks, double rate)
    {
        List<double> terms = [Math.Pow(1 - rate, looks)];
        for (long i = 0; i < looks && (i < looks * rate || terms[^1] > 1e-12); i++)
        {
            terms.Add(terms[^1] * (looks - i) / (i + 1) * rate / (1 - rate));
        }

        return [.. terms];
    }
}
