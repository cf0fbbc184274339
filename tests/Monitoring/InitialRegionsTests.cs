namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class InitialRegionsTests
{
    [Theory]
    [InlineData("4-9, 9-12, 60-64, 70-90, 130-131, 140-144", "4-12, 60-90, 130-144")] // gaps 48, 6, 40, 9: cut at 12-60 and 90-130
    [InlineData("0-2, 12-14, 24-26, 36-40", "0-2, 12-14, 24-40")] // three gaps of 10: the first two stay
    [InlineData("0-2, 5-6, 20-21", "0-2, 5-6, 20-21")] // the second gap is the bigger one: sorted by address again
    public void ThreeRanges_SurroundTheTwoBiggestGaps(string mappings, string expected)
    {
        AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
        Assert.True(ThreeRanges.TryFind(Notation.Ranges(mappings), 1, ranges));
        Assert.Equal(expected, Notation.Bounds(ranges));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0-2")]
    [InlineData("0-2, 2-5, 9-12")] // one gap; touching mappings make none
    public void ThreeRanges_NeedTwoGaps(string mappings) =>
        Assert.False(ThreeRanges.TryFind(Notation.Ranges(mappings), 1, new AddressRange[ThreeRanges.Count]));

    [Fact]
    public void ThreeRanges_AreRoundedUp()
    {
        // MIN 8: 4 -> 8, 12 -> 16, 60 -> 64, 90 -> 96, 130 -> 136, 144 stays.
        AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
        Assert.True(ThreeRanges.TryFind(Notation.Ranges("4-12, 60-90, 130-144"), 8, ranges));
        Assert.Equal("8-16, 64-96, 136-144", Notation.Bounds(ranges));
    }

    [Fact]
    public void RangesRoundedToNothing_AreLeftOut()
    {
        // MIN 64: 10-12 becomes 64-64.
        AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
        int count = MonitoredRanges.Find(Notation.Ranges("10-12, 128-256, 512-576"), 64, ranges);
        Assert.Equal("128-256, 512-576", Notation.Bounds(ranges.AsSpan(0, count)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("8-16", "8-16")]
    [InlineData("8-16-32", "8-32")] // touching mappings are one range
    [InlineData("0-2, 2-5, 9-12", "0-5, 9-12")]
    public void FewerThanTwoGaps_FallBackToTheContiguousRanges(string mappings, string expected)
    {
        AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
        int count = MonitoredRanges.Find(Notation.Ranges(mappings), 1, ranges);
        Assert.Equal(expected, Notation.Bounds(ranges.AsSpan(0, count)));
    }

    [Fact]
    public void MinNrRegions_CutsPiecesOffTheFront()
    {
        // Total 100, at least 10 regions: limit 10. 23 = 10 + 10 + 3, 37 = 10 + 10 + 10 + 7.
        RegionArray regions = Notation.Regions("0-40, 100-137, 200-223");
        RegionSizeLimit.ApplyMinNrRegions(regions, RegionSizeLimit.Of(100, 10, 1), 1);
        Assert.Equal("0-10-20-30-40, 100-110-120-130-137, 200-210-220-223", Notation.Bounds(regions.AsSpan()));
    }

    [Fact]
    public void MinNrRegions_RoundsThePiecesUp()
    {
        // Total 100, limit 100 / 10 = 10, rounded up to MIN 8: 16.
        RegionArray regions = Notation.Regions("0-40, 104-164");
        RegionSizeLimit.ApplyMinNrRegions(regions, RegionSizeLimit.Of(100, 10, 8), 8);
        Assert.Equal("0-16-32-40, 104-120-136-152-164", Notation.Bounds(regions.AsSpan()));
    }

    [Fact]
    public void PiecesOfMinNrRegions_KeepCountersAndAge()
    {
        RegionArray regions = Notation.Regions("0-20 3/7");
        RegionSizeLimit.ApplyMinNrRegions(regions, 10, 1);
        Assert.Equal("0-10 3/7, 10-20 3/7", Notation.Full(regions.AsSpan()));
    }

    [Fact]
    public void SizeLimit_IsAtLeastTheSmallestRegion() => Assert.Equal(4096ul, RegionSizeLimit.Of(8192, 10, 4096));
}
