namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class RegionAgeTests
{
    [Theory]
    [InlineData(5u, 5u, 2u, 8u)]
    [InlineData(5u, 7u, 2u, 8u)] // a difference of the threshold is no change
    [InlineData(7u, 5u, 2u, 8u)]
    [InlineData(5u, 8u, 2u, 0u)]
    [InlineData(8u, 5u, 2u, 0u)]
    [InlineData(0u, 0u, 2u, 8u)]
    [InlineData(1u, 0u, 2u, 0u)] // to zero: a reset, although the difference is below the threshold
    [InlineData(0u, 1u, 2u, 0u)] // from zero, likewise
    public void Age_GrowsWhileTheFrequencyStays(uint lastNrAccesses, uint nrAccesses, uint threshold, uint expected)
    {
        DamonRegion[] regions = [new() { Start = 0, End = 1, LastNrAccesses = lastNrAccesses, NrAccesses = nrAccesses, Age = 7 }];
        RegionAge.Update(regions, threshold);
        Assert.Equal(expected, regions[0].Age);
    }

    [Fact]
    public void Age_DoesNotWrap()
    {
        DamonRegion[] regions = [new() { Start = 0, End = 1, Age = uint.MaxValue }];
        RegionAge.Update(regions, 0);
        Assert.Equal(uint.MaxValue, regions[0].Age);
    }
}
