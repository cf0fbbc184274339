namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class RegionsUpdateTests
{
    private const string Old = "8-16-32 5/9, 40-44-60 5/9, 90-96-128 5/9";

    [Theory]
    // Bounds move inside existing regions.
    [InlineData("4-24, 38-60, 92-140", "4-16 5/9, 16-24 5/9, 38-44 5/9, 44-60 5/9, 92-96 5/9, 96-140 5/9")]
    // 8-16 shrinks to 10-14; 16-32 is the only one in 16-40 and stretches; 40-60 is outside.
    [InlineData("10-14, 16-40, 90-120", "10-14 5/9, 16-40 5/9, 90-96 5/9, 96-120 5/9")]
    // Nothing known of the first two ranges.
    [InlineData("62-80, 84-88, 100-110", "62-80 0/0, 84-88 0/0, 100-110 5/9")]
    // The hole 32-40 is filled with a fresh region.
    [InlineData("8-50, 60-90, 96-97", "8-16 5/9, 16-32 5/9, 32-40 0/0, 40-44 5/9, 44-50 5/9, 60-90 0/0, 96-97 5/9")]
    [InlineData("8-60, 70-75, 90-128",
        "8-16 5/9, 16-32 5/9, 32-40 0/0, 40-44 5/9, 44-60 5/9, 70-75 0/0, 90-96 5/9, 96-128 5/9")]
    // A region that reaches into two ranges stays with the first.
    [InlineData("8-10, 12-14, 90-128", "8-10 5/9, 12-14 0/0, 90-96 5/9, 96-128 5/9")]
    // Ranges below and above everything known.
    [InlineData("0-4, 200-300", "0-4 0/0, 200-300 0/0")]
    public void FitToRanges_KeepsWhatIsKnown(string ranges, string expected)
    {
        RegionArray array = Notation.Regions(Old);
        RegionsUpdate.FitToRanges(array, Notation.Ranges(ranges), 1);
        Assert.Equal(expected, Notation.Full(array.AsSpan()));
    }

    [Fact]
    public void FitToRanges_AlignsDownAndUp()
    {
        RegionArray array = Notation.Regions("16-32 5/9");
        RegionsUpdate.FitToRanges(array, Notation.Ranges("10-35"), 8);
        Assert.Equal("8-40 5/9", Notation.Full(array.AsSpan()));
    }

    [Theory]
    [InlineData("8-16, 16-32", "8-16 5/9, 16-32 5/9")]
    [InlineData("8-12, 20-40, 200-210", "8-12 5/9, 20-40 5/9, 200-210 0/0")]
    [InlineData("8-10, 12-16", "8-10 5/9, 12-16 5/9")] // an unmapped middle: both parts know what the whole did
    public void FollowMappings_MakesOneRegionPerMapping(string mappings, string expected)
    {
        RegionArray array = Notation.Regions("8-16 5/9, 16-32 5/9");
        RegionsUpdate.FollowMappings(array, Notation.Ranges(mappings));
        Assert.Equal(expected, Notation.Full(array.AsSpan()));
    }
}
