using Damon.Trace.Events;
using Damon.Trace.Exporters.Tests.PerfScript;
using Damon.Trace.Reports.HugePages;

namespace Damon.Trace.Exporters.Tests.Accesses;

/// <summary>The share of hot huge pages that is touched, from a sample that was split.</summary>
public sealed class SplitEstimateTests
{
    [Fact]
    public void NoPages_SayNothing() => Assert.Null(SplitEstimate.Of([]));

    /// <summary>Pages of which nothing was accessed are not hot, and have no part in the share.</summary>
    [Fact]
    public void Share_IsTheMeanOfHotPages()
    {
        SplitEstimate estimate = SplitEstimate.Of([Split(0), Split(128), Split(256), Split(0, isCollapsed: false)])!;

        Assert.Equal((4, 2, 1), (estimate.Pages, estimate.HotPages, estimate.LeftSmall));
        Assert.Equal(0.375, estimate.TouchedShare);
        Assert.Equal(10, estimate.WindowSeconds);
        Assert.True(estimate.IsUnknown, "two pages tell next to nothing");
    }

    [Fact]
    public void NoneHot_IsUnknown()
    {
        SplitEstimate estimate = SplitEstimate.Of([Split(0), Split(0)])!;

        Assert.Null(estimate.TouchedShare);
        Assert.True(estimate.IsUnknown);
    }

    /// <summary>One page in four is full, the others hold 5 %: in 200 trials of 16 pages the interval misses the truth as rarely as it says.</summary>
    [Fact]
    public void Interval_HoldsTheTruth()
    {
        const double Truth = (0.25 * 1) + (0.75 * 26 / 512);
        const int Trials = 200;
        var random = new Random(TestSeed.Value);
        int inside = 0;
        for (int i = 0; i < Trials; i++)
        {
            SplitEstimate estimate = SplitEstimate.Of([.. Enumerable.Range(0, 16).Select(_ => Split(random.Next(4) == 0 ? 512u : 26u))])!;
            inside += estimate.TouchedShareLow <= Truth && Truth <= estimate.TouchedShareHigh ? 1 : 0;
        }

        // 95 % of 200, less four standard errors (12.3).
        Assert.True(inside >= 177, $"{inside} of {Trials} intervals hold the truth");
    }

    private static (SplitHugePage Page, ulong WindowNs) Split(uint touched, bool isCollapsed = true) =>
        (new SplitHugePage { Touched = touched, IsCollapsed = isCollapsed ? 1u : 0u }, 10_000_000_000);
}
