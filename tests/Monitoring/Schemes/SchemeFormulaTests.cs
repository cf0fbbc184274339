using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring.Tests.Schemes;

/// <summary>The formulas of schemes, each value worked out by hand from the rule it is named after.</summary>
public sealed class SchemeFormulaTests
{
    private const ulong MiB = 1 << 20;

    [Fact]
    public void Feed_FollowsTheScore()
    {
        // 10000 doubles at score 0, twice; half of 40000 more at 5000; a tenth of 60000 at 9000; kept; minus a fifth, minus half, reset, doubled.
        ulong bp = 0;
        List<ulong> steps = [];
        foreach (ulong score in (ulong[])[0, 0, 5_000, 9_000, 10_000, 12_000, 15_000, 20_000, 0])
        {
            steps.Add(bp = QuotaArithmetic.Feed(Math.Max(bp, 10_000), score));
        }

        Assert.Equal([20_000ul, 40_000, 60_000, 66_000, 66_000, 52_800, 26_400, 10_000, 20_000], steps);
        Assert.Equal(ulong.MaxValue, QuotaArithmetic.Feed(ulong.MaxValue - 1, 0));
    }

    [Fact]
    public void SizeForTime_IsWhatWasAchievedSoFar()
    {
        // Nothing known: 10 ms x 1024 pages. 512 MiB in 42 ms: 12782640 bytes a ms. 64 MiB in 250 ms. 1 MiB in 1 s is less than a page a ms.
        Assert.Equal(41_943_040ul, QuotaArithmetic.SizeForTime(10, 0, 0, 4096));
        Assert.Equal(127_826_400ul, QuotaArithmetic.SizeForTime(10, 512 * MiB, 42_000_000, 4096));
        Assert.Equal(2_684_350ul, QuotaArithmetic.SizeForTime(10, 64 * MiB, 250_000_000, 4096));
        Assert.Equal(4_096ul, QuotaArithmetic.SizeForTime(1, MiB, 1_000_000_000, 4096));
    }

    [Theory]
    // nr, M, age, aggregation in us, weights of accesses and age -> hot
    [InlineData(0u, 20u, 50u, 100_000ul, 0u, 1u, 44)] // 5 s: 3 bits; (32-3)*100/32/2 = 45; 45*99/100 = 44
    [InlineData(0u, 20u, 1200u, 100_000ul, 0u, 1u, 38)] // 120 s: 7 bits; 25*100/32/2 = 39
    [InlineData(0u, 20u, 0u, 100_000ul, 0u, 1u, 49)] // 32*100/32/2 = 50
    [InlineData(1u, 20u, 50u, 100_000ul, 0u, 1u, 53)] // accessed: 35*100/32/2 = 54
    [InlineData(20u, 20u, 10u, 100_000ul, 1u, 1u, 74)] // 100 and 1 s, 1 bit: 33*100/32/2 = 51; 75
    [InlineData(0u, 20u, 1200u, 100_000ul, 0u, 0u, 0)]
    [InlineData(3u, 20u, 600u, 100_000ul, 300u, 700u, 44)] // 15 and 60 s, 6 bits: 59; (4500 + 41300)/1000 = 45
    public void Score_JoinsFrequencyAndAge(uint nr, uint max, uint age, ulong aggrUs, uint accesses, uint ages, int hot)
    {
        DamonAttributes attributes = new() { SampleUs = aggrUs / max, AggrUs = aggrUs };
        PriorityWeights weights = new(0, accesses, ages);
        Assert.Equal(hot, RegionScore.Hot(nr, age, attributes, weights));
        Assert.Equal(99 - hot, RegionScore.Of(SchemeAction.PageOut, nr, age, attributes, weights));
        Assert.Equal(99, RegionScore.Of(SchemeAction.WillNeed, nr, age, attributes, weights));
    }

    [Theory]
    // 64 MiB with 62, 256 with 59, 128 with 50, 512 with 49: from the top until it suffices.
    [InlineData(32, 62)]
    [InlineData(64, 62)]
    [InlineData(100, 59)]
    [InlineData(321, 50)]
    [InlineData(448, 50)]
    [InlineData(2048, 0)]
    public void LowestScore_IsTheOneAtWhichTheQuotaIsMet(int quotaMiB, int lowest)
    {
        ulong[] histogram = new ulong[100];
        (histogram[62], histogram[59], histogram[50], histogram[49]) = (64 * MiB, 256 * MiB, 128 * MiB, 512 * MiB);
        Assert.Equal(lowest, RegionScore.Lowest(histogram, (ulong)quotaMiB * MiB));
    }

    [Fact]
    public void Watermarks_HaveHysteresis()
    {
        SchemeWatermarks marks = new() { Metric = WatermarkMetric.FreeMemRate, High = 500, Mid = 400, Low = 200 };
        bool on = true;
        List<bool> states = [];
        foreach (uint value in (uint[])[950, 700, 501, 500, 450, 400, 399, 300, 199, 200, 350, 450, 501, 450, 399])
        {
            states.Add(on = marks.IsOn(value, on));
        }

        Assert.Equal([false, false, false, false, false, false, true, true, false, true, true, true, false, false, true], states);
    }

    [Fact]
    public void Bounds_BecomeWholeNumbersInwards()
    {
        DamonAttributes attributes = new() { SampleUs = 5_000, AggrUs = 100_000 };
        AccessPattern pattern = new()
        {
            MinAccesses = AccessBound.Percent(1),
            MaxAccesses = AccessBound.Hz(99),
            MinAge = AgeBound.Time(TimeSpan.FromSeconds(7)),
            MaxAge = AgeBound.Time(TimeSpan.FromMilliseconds(7_050)),
        };
        MatchRange match = pattern.Resolve(attributes);

        // 0.2 samples up to 1; 99 Hz x 0.1 s = 9.9 down to 9; 70 aggregations; 70.5 down to 70.
        Assert.Equal(new MatchRange(0, ulong.MaxValue, 1, 9, 70, 70), match);
        Assert.Equal(0u, (pattern with { MaxAccesses = AccessBound.Percent(1) }).Resolve(attributes).MaxNrAccesses);
        Assert.Equal(35u, pattern.Resolve(attributes with { SampleUs = 10_000, AggrUs = 200_000 }).MinAge);
        Assert.Equal(uint.MaxValue, new AccessPattern().Resolve(attributes).MaxAge);
    }

    [Theory]
    // hits of the filters by kind in order -> allowed
    [InlineData("", "", true)]
    [InlineData("reject", "yes", false)]
    [InlineData("reject", "no", true)]
    [InlineData("allow", "yes", true)]
    [InlineData("allow", "no", false)]
    [InlineData("allow reject", "no no", true)]
    [InlineData("reject allow", "no no", false)]
    [InlineData("allow reject", "yes yes", true)]
    [InlineData("reject allow", "yes yes", false)]
    public void Filters_FirstHitDecidesAndTheLastOneTheRest(string verdicts, string hits, bool allowed)
    {
        string[] words = verdicts.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] isOf = hits.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<SchemeFilter> filters = [.. words.Select((word, i) =>
            new SchemeFilter { Kind = FilterKind.Mapping, Allow = word == "allow", Name = i.ToString(System.Globalization.CultureInfo.InvariantCulture) })];
        Assert.Equal(allowed, FilterRules.Allows(
            filters, filter => isOf[int.Parse(filter.Name, System.Globalization.CultureInfo.InvariantCulture)] == "yes"));
        Assert.Equal(allowed, FilterRules.Allows(
            [.. filters.Select(filter => filter with { Matching = false })],
            filter => isOf[int.Parse(filter.Name, System.Globalization.CultureInfo.InvariantCulture)] == "no"));
    }
}
