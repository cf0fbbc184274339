using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

public sealed class CpuBudgetTests
{
    private const uint Checks = 20;

    [Fact]
    public void Next_SettlesWhereTheCostOfACheckIsTheShareOfTheInterval()
    {
        // 1 ms of CPU a check and a share of 5 %: 1 ms / 0.05 = 20 ms. A change below a fifth is not made, so 16.7 to 24 ms.
        Assert.InRange(Settle(share: 0.05, costPerCheckNs: 1_000_000), 16_600ul, 24_000ul);
    }

    [Fact]
    public void Next_NeverGoesBelowTheShortestInterval()
    {
        // 10 us a check would fit 200 us intervals.
        Assert.Equal(CpuBudget.MinSampleUs, Settle(share: 0.05, costPerCheckNs: 10_000));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    [InlineData(5_000_000)]
    public void Next_LeavesRoomForFifteenSnapshotsInTenSeconds(long costPerCheckNs)
    {
        // Up to 5 ms a check: 5 ms / 0.05 = 100 ms, five of which are 500 ms.
        ulong sampleUs = Settle(CpuBudget.DefaultShare, costPerCheckNs);

        ulong aggrUs = sampleUs * new CpuBudget(CpuBudget.DefaultShare).SamplesPerAggregation(sampleUs);
        Assert.True(10_000_000 / aggrUs >= 15, $"an aggregation of {aggrUs} us");
    }

    [Fact]
    public void Next_KeepsToTheShareWhateverACheckCosts()
    {
        // 50 ms a check and a share of 5 %: one second, less the fifth that is not worth a change.
        Assert.InRange(Settle(CpuBudget.DefaultShare, costPerCheckNs: 50_000_000), 830_000ul, 2_000_000ul);
    }

    [Theory]
    [InlineData(5_000UL, 20UL)]
    [InlineData(25_000UL, 20UL)]
    [InlineData(50_000UL, 10UL)]
    [InlineData(100_000UL, 5UL)]
    [InlineData(1_000_000UL, 5UL)]
    public void SamplesPerAggregation_AreFewerWhenTheyAreFarApart(ulong sampleUs, ulong samples)
    {
        // 500 ms / interval, between 5 and 20.
        Assert.Equal(samples, new CpuBudget(0.05).SamplesPerAggregation(sampleUs));
    }

    [Fact]
    public void AfterFirstChecks_ActsAtOnceWhenTheyAreExpensive()
    {
        // 25 ms a check: 500 ms apart. A check of 1.25 ms fits 25 ms intervals, which are short enough to be found by measuring.
        var budget = new CpuBudget(0.05);

        Assert.Equal(500_000ul, budget.AfterFirstChecks(CpuBudget.MinSampleUs, 25_000_000));
        Assert.Equal(CpuBudget.MinSampleUs, budget.AfterFirstChecks(CpuBudget.MinSampleUs, 1_250_000));
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
            ulong after = budget.Next(before, cpuNs: Checks * 100_000_000L, WallNs(before), Checks);
            Assert.InRange(after, before, 2 * before);
            before = after;
        }

        // 100 ms a check and 1 %: ten seconds and more, to pay back the first ones.
        Assert.InRange(before, 10_000_000ul, CpuBudget.MaxSampleUs);
    }

    [Fact]
    public void Next_IgnoresTheFirstAggregations()
    {
        var budget = new CpuBudget(0.05);

        Assert.Equal(CpuBudget.MinSampleUs, budget.Next(CpuBudget.MinSampleUs, cpuNs: 1_000_000_000, WallNs(CpuBudget.MinSampleUs), Checks));
    }

    [Fact]
    public void Next_PaysBackWhatStartingUpTook()
    {
        // 300 ms of CPU in the first aggregation, then 250 us a check, which fits 5 ms intervals exactly. Over 20 s the whole has to fit.
        var budget = new CpuBudget(0.05);
        ulong sampleUs = CpuBudget.MinSampleUs;
        double cpuNs = 300_000_000;
        double wallNs = WallNs(sampleUs);
        budget.Next(sampleUs, (long)cpuNs, (long)wallNs, Checks);
        while (wallNs < 20e9)
        {
            cpuNs += 250_000 * Checks;
            wallNs += WallNs(sampleUs);
            sampleUs = budget.Next(sampleUs, 250_000 * Checks, WallNs(sampleUs), Checks);
        }

        Assert.InRange(cpuNs / wallNs, 0.03, 0.05);
    }

    private static long WallNs(ulong sampleUs) => (long)sampleUs * 1_000 * Checks;

    private static ulong Settle(double share, long costPerCheckNs) =>
        Run(new CpuBudget(share), CpuBudget.MinSampleUs, costPerCheckNs, aggregations: 100);

    private static ulong Run(CpuBudget budget, ulong sampleUs, long costPerCheckNs, int aggregations)
    {
        for (int i = 0; i < aggregations; i++)
        {
            sampleUs = budget.Next(sampleUs, costPerCheckNs * Checks, WallNs(sampleUs), Checks);
        }

        return sampleUs;
    }
}
