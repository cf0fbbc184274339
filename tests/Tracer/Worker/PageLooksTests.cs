using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>The schedule of looks over a clock that ticks every 10 ms.</summary>
public sealed class PageLooksTests
{
    private const long TickNs = 10_000_000;
    private const long SecondNs = 1_000_000_000;

    [Fact]
    public void CheapLooks_ComeInPairsFourTimesASecond()
    {
        List<long> looks = Run(lookCpuNs: 100_000, sweepNs: 0, seconds: 10, out int reports);

        // 10 s / 250 ms = 40 pairs of looks 100 ms apart.
        Assert.InRange(looks.Count, 78, 82);
        for (int i = 1; i < looks.Count; i += 2)
        {
            Assert.Equal(PageLooks.PairNs, looks[i] - looks[i - 1]);
        }

        Assert.InRange(reports, 9, 11);
    }

    [Fact]
    public void ExpensiveLooks_KeepToTheirShare()
    {
        // 10 ms a pair and 1 %: a pair a second.
        List<long> looks = Run(lookCpuNs: 5_000_000, sweepNs: 0, seconds: 60, out _);
        Assert.InRange(looks.Count / 2, 55, 65);
    }

    [Fact]
    public void ExpensiveSweeps_HoldPairsBack()
    {
        // 100 ms a sweep and 2 % of time: one in five seconds.
        List<long> looks = Run(lookCpuNs: 100_000, sweepNs: 100_000_000, seconds: 60, out _, sweptShare: 0.5);
        Assert.InRange(looks.Count / 2, 11, 14);
    }

    [Fact]
    public void SweepsForLittleMemory_AreRareAndHoldNothingBack()
    {
        // 20 ms a sweep, 0.5 % of the memory: a tenth of 2 % of time, one in 10 s. Pairs come four times a second all the same.
        PageLooks looks = new(lookShare: 0.01, sweepShare: 0.02);
        int sweeps = 0;
        int pairs = 0;
        for (long nowNs = SecondNs; nowNs < 61 * SecondNs; nowNs += TickNs)
        {
            if (looks.IsDue(nowNs, sweptShare: 0.005))
            {
                pairs += looks.IsFirst ? 1 : 0;
                sweeps += looks.MaySweep ? 1 : 0;
                looks.OnLooked(nowNs, 0, looks.MaySweep ? 20_000_000 : 0);
            }
        }

        Assert.InRange(sweeps, 6, 8);
        Assert.InRange(pairs, 235, 241);
    }

    [Fact]
    public void APairThatIsNotWhole_GoesOnInSteps()
    {
        PageLooks looks = new(0.01, 0.02);
        List<long> times = [];
        for (long nowNs = SecondNs; times.Count < 4; nowNs += TickNs)
        {
            if (looks.IsDue(nowNs, sweptShare: 0))
            {
                times.Add(nowNs - SecondNs);
                looks.OnLooked(nowNs, 0, 0, isWhole: times.Count is not (2 or 3));
                Assert.Equal(times.Count == 4, looks.IsFirst);
            }
        }

        // A first look and three more, the last of which is whole.
        Assert.Equal([0, PageLooks.PairNs, 2 * PageLooks.PairNs, 3 * PageLooks.PairNs], times);
        Assert.Equal(3 * PageLooks.PairNs, looks.ShortNs);
    }

    [Fact]
    public void LongNs_IsFromTheLastLookOfThePairBefore()
    {
        PageLooks looks = new(0.01, 0.02);
        foreach (long second in new[] { 100, 200, 500, 600 })
        {
            looks.OnLooked(second * SecondNs, 0, 0);
        }

        Assert.Equal(100 * SecondNs, looks.ShortNs);
        Assert.Equal(400 * SecondNs, looks.LongNs);
    }

    private static List<long> Run(long lookCpuNs, long sweepNs, int seconds, out int reports, double sweptShare = 0)
    {
        PageLooks looks = new(lookShare: 0.01, sweepShare: 0.02);
        List<long> times = [];
        reports = 0;
        for (long nowNs = SecondNs; nowNs < (seconds + 1) * SecondNs; nowNs += TickNs)
        {
            if (looks.IsDue(nowNs, sweptShare))
            {
                times.Add(nowNs);
                reports += looks.OnLooked(nowNs, lookCpuNs, looks.MaySweep ? sweepNs : 0) ? 1 : 0;
            }
        }

        return times;
    }
}
