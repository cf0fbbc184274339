using Damon.Trace.Exporters.Tests.PerfScript;
using Damon.Trace.Reports.HugePages;

namespace Damon.Trace.Exporters.Tests.Accesses;

/// <summary>The number of pages accessed, from draws whose truth is known.</summary>
public sealed class SubpageEstimateTests
{
    /// <summary>By hand: n = 7, d = 4, f1 = 2, f2 = 1: S = 4 + 6/7 * 2 * 1 / (2 * 2) = 4 + 3/7; 1 - 2/7 of the accesses are to what was seen.</summary>
    [Fact]
    public void Estimate_IsChaos()
    {
        var estimate = SubpageEstimate.Of([1, 1, 2, 3], 512);

        Assert.Equal(4, estimate.Seen);
        Assert.Equal(4 + (3.0 / 7), estimate.Estimate, 12);
        Assert.Equal(5.0 / 7, estimate.Coverage, 12);
        Assert.InRange(estimate.Low, 4, estimate.Estimate);
        Assert.True(estimate.High > estimate.Estimate);
    }

    /// <summary>Pages accessed alike: in 200 trials the interval misses the truth as rarely as it says, and the mean is right.</summary>
    [Theory]
    [InlineData(208, 200)]
    [InlineData(208, 800)]
    [InlineData(2000, 1500)]
    public void PagesAlike_AreCounted(int pages, int draws)
    {
        var random = new Random(TestSeed.Value);
        int inside = 0;
        double sum = 0;
        const int Trials = 200;
        for (int i = 0; i < Trials; i++)
        {
            var estimate = SubpageEstimate.Of(Draw(draws, () => random.Next(pages)), 1e6);
            inside += estimate.Low <= pages && pages <= estimate.High ? 1 : 0;
            sum += estimate.Estimate;
        }

        // 95 % of 200, less four standard errors (12.3).
        Assert.True(inside >= 177, $"{inside} of {Trials} intervals hold the truth");
        Assert.InRange(sum / Trials, 0.97 * pages, 1.03 * pages);
    }

    /// <summary>Where a tenth of the pages gets nine tenths of the accesses, the interval still holds the truth.</summary>
    [Fact]
    public void PagesOfUnequalHeat_AreWithinTheInterval()
    {
        const int Pages = 1000;
        var random = new Random(TestSeed.Value);
        int inside = 0;
        for (int i = 0; i < 100; i++)
        {
            var estimate = SubpageEstimate.Of(Draw(3000, () => random.Next(10) == 0 ? random.Next(Pages) : random.Next(Pages / 10)), 1e6);
            inside += estimate.Low <= Pages && estimate.High >= Pages ? 1 : 0;
        }

        // 95 of 100, less four standard errors (8.7).
        Assert.True(inside >= 86, $"{inside} of 100 intervals hold the truth");
    }

    [Fact]
    public void NothingSeenTwice_IsUnknown()
    {
        var estimate = SubpageEstimate.Of([1, 1, 1], 512);

        Assert.Equal(0, estimate.Coverage);
        Assert.Equal(512, estimate.High);
        Assert.Equal(3, estimate.Low);
        Assert.Equal((0, 512), (SubpageEstimate.Of([], 512).Seen, SubpageEstimate.Of([], 512).High));
    }

    private static List<int> Draw(int draws, Func<int> next) =>
        [.. Enumerable.Range(0, draws).Select(_ => next()).GroupBy(static page => page).Select(static group => group.Count())];
}
