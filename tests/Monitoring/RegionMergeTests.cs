namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class RegionMergeTests
{
    private const string A = "0-64 3/9, 64-96 5/2, 96-160 5/7, 192-224 5/4, 224-256 8/0, 256-512 15/3";

    [Theory]
    // nr (12*40 + 7*60) / 100 = 9, age (6*40 + 1*60) / 100 = 3.
    [InlineData("0-40 12/6, 40-100 7/1", 5u, 1000ul, "0-100 9/3")]
    // 0-96: nr (3*64 + 5*32) / 96 = 3 (3.67), age (9*64 + 2*32) / 96 = 6 (6.67). With 96-160: nr (3*96 + 5*64) / 160 = 3 (3.8),
    // age (6*96 + 7*64) / 160 = 6 (6.4). 192 does not touch 160; |5 - 8| > 2; |8 - 15| > 2.
    [InlineData(A, 2u, 1000ul, "0-160 3/6, 192-224 5/4, 224-256 8/0, 256-512 15/3")]
    // Also 192-256: nr (5*32 + 8*32) / 64 = 6 (6.5), age (4*32 + 0) / 64 = 2.
    [InlineData(A, 3u, 1000ul, "0-160 3/6, 192-256 6/2, 256-512 15/3")]
    // 96 + 64 = 160 is above the limit of 128.
    [InlineData(A, 3u, 128ul, "0-96 3/6, 96-160 5/7, 192-256 6/2, 256-512 15/3")]
    // 4 and 6 -> 5; 5 and 7 -> (5*20 + 7*20) / 40 = 6; 9 - 6 > 2, although 9 - 7 is not.
    [InlineData("0-10 4, 10-20 6, 20-40 7, 40-60 9", 2u, 1000ul, "0-40 6/0, 40-60 9/0")]
    public void Pass_MergesTouchingRegionsAccessedAlike(string regions, uint threshold, ulong sizeLimit, string expected)
    {
        RegionArray array = Notation.Regions(regions);
        RegionMerge.Pass(array, threshold, sizeLimit);
        Assert.Equal(expected, Notation.Full(array.AsSpan()));
    }

    [Fact]
    public void MergedRegion_KeepsTheLeftOnesLastNrAccesses()
    {
        RegionArray array = Notation.Regions("0-10 4, 10-20 4");
        array.AsSpan()[0].LastNrAccesses = 7;
        array.AsSpan()[1].LastNrAccesses = 9;
        RegionMerge.Pass(array, 0, 100);
        Assert.Equal(7u, array.AsSpan()[0].LastNrAccesses);
    }

    [Fact]
    public void Pass_OverNoRegionsDoesNothing()
    {
        RegionArray array = new();
        RegionMerge.Pass(array, 1, 100);
        Assert.Equal(0, array.Count);
    }

    [Fact]
    public void Threshold_DoublesFromOneAndIsClamped()
    {
        List<uint> thresholds = [0];
        while (thresholds[^1] < 20)
        {
            thresholds.Add(RegionMerge.NextThreshold(thresholds[^1], 20));
        }

        Assert.Equal([0u, 1u, 2u, 4u, 8u, 16u, 20u], thresholds);
    }
}
