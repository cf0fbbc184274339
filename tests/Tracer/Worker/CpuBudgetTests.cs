using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class CpuBudgetTests
{
    private const uint Checks = 20;

    [Fact]
    public void Next_SettlesWhereTheCostOfACheckIsTheShareOfTheInterval()
    {
        // 1 ms of CPU a check and a share of 5 %: 1 ms / 0.05 = 20 ms. More often than that by a twentieth at most, more rarely by a fifth.
        Assert.InRange(Settle(share: 0.05, costPerCheckNs: 1_000_000), 19_000ul, 24_000ul);
    }

    [Fact]
    public void Next_NeverGoesBelowTheShortestInterval()
    {
        // 10 us a check would fit 200 us intervals.
        Assert.Equal(CpuBudget.MinSampleUs, Settle(share: 0.05, costPerCheckNs: 10_000));
    }

    [Fact]
    public void Next_SettlesWhereChecksCostTheTargetsTheirShare()
    {
        // 1 ms a check for the targets, of which they may lose 1 %: 100 ms, less a twentieth. The monitor itself could do 2 ms.
        var budget = new CpuBudget(0.05, targetShare: 0.01);
        ulong sampleUs = CpuBudget.MinSampleUs;
        for (int i = 0; i < 100; i++)
        {
            sampleUs = budget.Next(sampleUs, checksNs: 100_000 * Checks, otherNs: 0, wallNs: (long)(sampleUs * Checks * 1_000), Checks, heldUpNs: 1_000_000 * Checks);
        }

        Assert.InRange(sampleUs, 95_000ul, 120_000ul);
    }

    [Fact]
    public void Next_BoundsWhatTargetsLoseWithoutABudgetOfItsOwn()
    {
        // 1 ms a check for the targets, of which they may lose 1 %: 100 ms as above, though each costs the monitor 50 ms.
        var budget = new CpuBudget(double.PositiveInfinity, targetShare: 0.01);
        ulong sampleUs = budget.AfterFirstChecks(CpuBudget.MinSampleUs, cheapestCheckNs: 50_000_000);
        Assert.Equal(CpuBudget.MinSampleUs, sampleUs);
        for (int i = 0; i < 100; i++)
        {
            sampleUs = budget.Next(sampleUs, checksNs: 50_000_000L * Checks, otherNs: 0, wallNs: 1_000_000_000, Checks, heldUpNs: 1_000_000 * Checks);
        }

        Assert.InRange(sampleUs, 95_000ul, 120_000ul);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    [InlineData(5_000_000)]
    public void Next_LeavesRoomForFifteenSnapshotsInTenSeconds(long costPerCheckNs)
    {
        // Up to 5 ms a check: 5 ms / 0.05 = 100 ms, five of which are 500 ms.
        ulong sampleUs = Settle(CpuBudget.DefaultShare, costPerCheckNs);

        ulong aggrUs = sampleUs * CpuBudget.SamplesPerAggregation(sampleUs);
        Assert.True(10_000_000 / aggrUs >= 15, $"an aggregation of {aggrUs} us");
    }

    [Fact]
    public void Next_KeepsToTheShareWhateverACheckCosts()
    {
        // 50 ms a check and a share of 5 %: one second, less a twentieth.
        Assert.InRange(Settle(CpuBudget.DefaultShare, costPerCheckNs: 50_000_000), 950_000ul, 2_000_000ul);
    }

    [Theory]
    [InlineData(5_000UL, 20UL)]
    [InlineData(15_000UL, 20UL)]
    [InlineData(30_000UL, 10UL)]
    [InlineData(100_000UL, 5UL)]
    [InlineData(1_000_000UL, 5UL)]
    public void SamplesPerAggregation_AreFewerWhenTheyAreFarApart(ulong sampleUs, ulong samples)
    {
        // 300 ms / interval, between 5 and 20.
        Assert.Equal(samples, CpuBudget.SamplesPerAggregation(sampleUs));
    }

    [Fact]
    public void AfterFirstChecks_ActsAtOnceWhenTheyAreExpensive()
    {
        // 25 ms a check: 500 ms apart. A check of 0.75 ms fits 15 ms intervals, which are short enough to be found by measuring.
        var budget = new CpuBudget(0.05);

        Assert.Equal(500_000ul, budget.AfterFirstChecks(CpuBudget.MinSampleUs, 25_000_000));
        Assert.Equal(CpuBudget.MinSampleUs, budget.AfterFirstChecks(CpuBudget.MinSampleUs, 750_000));
        Assert.Equal(CpuBudget.MaxSampleUs, budget.AfterFirstChecks(CpuBudget.MinSampleUs, 60_000_000_000));
    }

    [Fact]
    public void Next_ShrinksAgainWhenChecksBecomeCheap()
    {
        var budget = new CpuBudget(0.05);
        ulong sampleUs = Run(budget, CpuBudget.MinSampleUs, costPerCheckNs: 1_000_000, aggregations: 50);

        sampleUs = Run(budget, sampleUs, costPerCheckNs: 100_000, aggregations: 50);

        // 100 us / 0.05 = 2 ms is below the shortest interval; the last step, of less than a fifth, is not made.
        Assert.InRange(sampleUs, CpuBudget.MinSampleUs, CpuBudget.MinSampleUs * 12 / 10);
    }

    [Fact]
    public void Next_AtMostDoublesAtOnce()
    {
        var budget = new CpuBudget(0.01);
        ulong before = CpuBudget.MinSampleUs;
        for (int i = 0; i < 20; i++)
        {
            ulong after = budget.Next(before, Checks * 100_000_000L, 0, WallNs(before), Checks);
            Assert.InRange(after, before, 2 * before);
            before = after;
        }

        // 100 ms a check and 1 %: ten seconds, less a twentieth.
        Assert.InRange(before, 9_500_000ul, 12_000_000ul);
    }

    [Fact]
    public void Next_IgnoresTheFirstAggregations()
    {
        var budget = new CpuBudget(0.05);

        Assert.Equal(CpuBudget.MinSampleUs, budget.Next(CpuBudget.MinSampleUs, 1_000_000_000, 0, WallNs(CpuBudget.MinSampleUs), Checks));
    }

    [Fact]
    public void Next_TakesWhatElseItCostsOffTheShareFirst()
    {
        // 5 % in all, 2 % whatever the interval: 3 % for checks of 0.6 ms fit 20 ms intervals.
        Assert.InRange(Settle(share: 0.05, costPerCheckNs: 600_000, otherShare: 0.02), 19_000ul, 24_000ul);
    }

    [Fact]
    public void Next_LeavesAThirdToTheChecksWhateverElseItCosts()
    {
        // 5 % in all, all of it taken: 1.67 % for checks of 0.5 ms are 30 ms.
        Assert.InRange(Settle(share: 0.05, costPerCheckNs: 500_000, otherShare: 0.2), 28_500ul, 36_000ul);
    }

    [Fact]
    public void Next_IsNotDisturbedByWhatComesNowAndThen()
    {
        // 1 % in all; checks of 40 us, and each 15 s a scrape of 3 ms, 0.02 %: 4.1 ms fit, the shortest interval is 5. The aggregation in which it comes alone
        // would have none of the share left.
        var budget = new CpuBudget(0.01);
        ulong sampleUs = CpuBudget.MinSampleUs;
        for (int i = 0; i < 1_500; i++)
        {
            ulong next = budget.Next(sampleUs, 40_000 * Checks, i % 150 == 149 ? 3_000_000 : 0, WallNs(sampleUs), Checks);
            Assert.Equal(sampleUs, next);
        }
    }

    private static long WallNs(ulong sampleUs) => (long)sampleUs * 1_000 * Checks;

    private static ulong Settle(double share, long costPerCheckNs, double otherShare = 0) =>
        Run(new CpuBudget(share), CpuBudget.MinSampleUs, costPerCheckNs, aggregations: 100, otherShare);

    private static ulong Run(CpuBudget budget, ulong sampleUs, long costPerCheckNs, int aggregations, double otherShare = 0)
    {
        for (int i = 0; i < aggregations; i++)
        {
            long wallNs = WallNs(sampleUs);
            sampleUs = budget.Next(sampleUs, costPerCheckNs * Checks, (long)(otherShare * wallNs), wallNs, Checks);
        }

        return sampleUs;
    }
}
