namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class ResultsConversionTests
{
    private static readonly DamonAttributes s_from = new() { SampleUs = 5_000, AggrUs = 100_000 }; // M = 20

    [Theory]
    // 13 of 20 is 6500 bp.
    [InlineData(10_000ul, 100_000ul, 6u, 30u)] // M = 10: 6.5
    [InlineData(5_000ul, 200_000ul, 26u, 15u)] // M = 40; 30 * 100 ms = 15 * 200 ms
    [InlineData(2_500ul, 50_000ul, 13u, 60u)] // M = 20
    [InlineData(5_000ul, 35_000ul, 4u, 86u)] // M = 7: 4.55; 3000 ms / 35 ms = 85.7
    public void Results_AreConvertedToNewIntervals(ulong sampleUs, ulong aggrUs, uint nrAccesses, uint age)
    {
        DamonAttributes to = new() { SampleUs = sampleUs, AggrUs = aggrUs };
        Assert.Equal(nrAccesses, ResultsConversion.NrAccesses(13, s_from, to));
        Assert.Equal(age, ResultsConversion.Age(30, s_from, to));
    }

    /// <summary>A budget that tunes the intervals for ever must not make memory younger than it is.</summary>
    [Fact]
    public void Age_SurvivesManyChanges()
    {
        DamonAttributes other = new() { SampleUs = 5_000, AggrUs = 130_000 };
        uint age = 300;
        for (int i = 0; i < 100; i++)
        {
            age = ResultsConversion.Age(ResultsConversion.Age(age, s_from, other), other, s_from);
        }

        Assert.InRange(age, 295u, 305u);
    }

    [Fact]
    public void Age_Saturates() =>
        Assert.Equal(uint.MaxValue, ResultsConversion.Age(uint.MaxValue, s_from, new() { SampleUs = 1, AggrUs = 1 }));

    [Fact]
    public void UnfinishedAggregation_IsDroppedAndTheLastOneConverted()
    {
        DamonRegion[] regions = [new() { Start = 0, End = 1, NrAccesses = 3, LastNrAccesses = 13, Age = 30 }];
        ResultsConversion.ConvertUnfinished(regions, s_from, new() { SampleUs = 5_000, AggrUs = 200_000 });
        Assert.Equal((0u, 26u, 15u), (regions[0].NrAccesses, regions[0].LastNrAccesses, regions[0].Age));
    }

    [Fact]
    public void FinishedAggregation_IsConverted()
    {
        DamonRegion[] regions = [new() { Start = 0, End = 1, NrAccesses = 13, LastNrAccesses = 7, Age = 30 }];
        ResultsConversion.ConvertFinished(regions, s_from, new() { SampleUs = 5_000, AggrUs = 200_000 });
        Assert.Equal((26u, 7u, 15u), (regions[0].NrAccesses, regions[0].LastNrAccesses, regions[0].Age));
    }
}
