namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class AttributesTests
{
    private const ulong TooLongUs = (long.MaxValue / 1_000) + 1;

    [Fact]
    public void Defaults_Are5Ms100Ms1SAnd10To1000Regions()
    {
        DamonAttributes attributes = new();
        Assert.Equal((5_000ul, 100_000ul, 1_000_000ul), (attributes.SampleUs, attributes.AggrUs, attributes.UpdateUs));
        Assert.Equal((10u, 1_000u), (attributes.MinNrRegions, attributes.MaxNrRegions));
        Assert.Empty(attributes.Validate());
    }

    [Theory]
    [InlineData(5_000ul, 100_000ul, 20u)]
    [InlineData(30_000ul, 100_000ul, 3u)] // truncated
    [InlineData(0ul, 100ul, 100u)] // 0 counts as 1 us
    [InlineData(1ul, 10_000_000_000ul, uint.MaxValue)]
    public void MaxNrAccesses_IsAggregationBySampling(ulong sampleUs, ulong aggrUs, uint expected) =>
        Assert.Equal(expected, new DamonAttributes { SampleUs = sampleUs, AggrUs = aggrUs }.MaxNrAccesses);

    [Fact]
    public void SampleOfZero_IsLegal() => Assert.Empty(new DamonAttributes { SampleUs = 0 }.Validate());

    [Fact]
    public void MinNrRegions_IsAtLeastThree() => AssertProblem(
        new() { MinNrRegions = 2 }, "minimum number of regions 2 is too small: at least 3 needed");

    [Fact]
    public void MinNrRegions_IsNotAboveMax() => AssertProblem(
        new() { MinNrRegions = 11, MaxNrRegions = 10 }, "minimum number of regions 11 is larger than the maximum: at most 10 allowed");

    [Fact]
    public void MaxNrRegions_FitsAnArray() => AssertProblem(
        new() { MaxNrRegions = uint.MaxValue }, "maximum number of regions 4294967295 is too large: at most 2147483591 allowed");

    [Fact]
    public void Sample_IsNotAboveAggregation() => AssertProblem(
        new() { SampleUs = 101, AggrUs = 100 }, "sampling interval 101 us is longer than the aggregation interval: at most 100 us allowed");

    [Fact]
    public void Update_IsNotBelowSample() => AssertProblem(
        new() { UpdateUs = 4_999 }, "regions update interval 4999 us is shorter than the sampling interval: at least 5000 us needed");

    [Fact]
    public void Intervals_FitNanoseconds() => AssertProblem(
        new() { UpdateUs = TooLongUs }, $"regions update interval {TooLongUs} us is too long: at most {TooLongUs - 1} us allowed");

    [Fact]
    public void Goal_MinIsNotAboveMax() => AssertProblem(
        new() { IntervalsGoal = new() { MinSampleUs = 6_000, MaxSampleUs = 5_500 } },
        "intervals goal minimum sampling interval 6000 us is longer than the maximum: at most 5500 us allowed");

    [Fact]
    public void Sample_IsInsideTheGoal() => AssertProblem(
        new() { IntervalsGoal = new() { MinSampleUs = 6_000, MaxSampleUs = 7_000 } },
        "sampling interval 5000 us is outside the intervals goal: 6000 to 7000 us allowed");

    [Theory]
    [InlineData(0u)]
    [InlineData(10_001u)]
    public void Goal_IsAShare(uint accessBp) => AssertProblem(
        new() { IntervalsGoal = new() { AccessBp = accessBp } },
        $"intervals goal access {accessBp} bp is out of bounds: 1 to 10000 bp allowed");

    [Fact]
    public void Goal_CannotOverflowTheAggregation() // 20 samples per aggregation
    {
        ulong longestUs = (TooLongUs - 1) / 20;
        AssertProblem(
            new() { IntervalsGoal = new() { MaxSampleUs = longestUs + 1 } },
            $"intervals goal maximum sampling interval {longestUs + 1} us is too long with 20 samples per aggregation: at most {longestUs} us allowed");
    }

    [Fact]
    public void GoalThatIsOff_IsNotChecked() =>
        Assert.Empty(new DamonAttributes { IntervalsGoal = new() { Aggrs = 0, MinSampleUs = 6_000, MaxSampleUs = 1 } }.Validate());

    [Fact]
    public void Validate_TellsAllProblemsAtOnce() =>
        Assert.Equal(3, new DamonAttributes { SampleUs = 200_000, MinNrRegions = 2, MaxNrRegions = 1 }.Validate().Count);

    private static void AssertProblem(DamonAttributes attributes, string expected) => Assert.Equal([expected], attributes.Validate());
}
