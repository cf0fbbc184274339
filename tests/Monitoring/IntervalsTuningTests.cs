namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class IntervalsTuningTests
{
    private static readonly IntervalsGoal s_goal = new() { AccessBp = 400, Aggrs = 3, MinSampleUs = 1_000, MaxSampleUs = 1_000_000 };

    [Theory]
    [InlineData(0ul, 20_000ul)]
    [InlineData(2_500ul, 17_500ul)]
    [InlineData(5_000ul, 15_000ul)]
    [InlineData(9_000ul, 11_000ul)]
    [InlineData(10_000ul, 10_000ul)]
    [InlineData(12_000ul, 9_000ul)] // feed 1e8 - 1e8 * 2000 / 10000 = 8e7, 8000 bp, halved around the middle: 5000 + 4000
    [InlineData(15_000ul, 7_500ul)]
    [InlineData(19_999ul, 5_000ul)]
    [InlineData(20_000ul, 5_000ul)]
    [InlineData(ulong.MaxValue, 5_000ul)]
    public void Adaptation_FollowsTheScore(ulong score, ulong expectedBp) => Assert.Equal(expectedBp, IntervalsTuning.AdaptationBp(score));

    [Fact]
    public void Score_IsObservedRelativeToWanted() =>
        Assert.Equal(5_000ul, IntervalsTuning.Score(observed: 2_000, possible: 100_000, accessBp: 400)); // wanted 4,000, half of it seen

    [Fact]
    public void Score_OfNothingPossibleIsZero() => Assert.Equal(0ul, IntervalsTuning.Score(0, 0, 400));

    [Fact]
    public void Score_OfATerabyteDoesNotOverflow() =>
        Assert.Equal(10_000ul, IntervalsTuning.Score((UInt128)(1ul << 47) * 800, (UInt128)(1ul << 47) * 20_000, 400));

    [Theory]
    [InlineData(5_000ul, 9_000ul, 5_500ul)]
    [InlineData(5_000ul, 10_000ul, 5_000ul)]
    [InlineData(1_500ul, 20_000ul, 1_000ul)] // 750 is below the minimum
    [InlineData(900_000ul, 0ul, 1_000_000ul)] // 1,800,000 is above the maximum
    public void SamplingInterval_IsAdaptedInsideTheGoalsBounds(ulong sampleUs, ulong score, ulong expectedUs) =>
        Assert.Equal(expectedUs, IntervalsTuning.NextSampleUs(sampleUs, score, s_goal));
}
