namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class RegionSplitTests
{
    [Theory]
    [InlineData(1048576ul, 3u, 311296ul)] // 314572.8 aligned down: 76 pages
    [InlineData(12288ul, 5u, 4096ul)] // 6144
    [InlineData(40960ul, 1u, 4096ul)]
    [InlineData(40960ul, 9u, 36864ul)]
    [InlineData(16384ul, 2u, 0ul)] // 3276.8 is less than a page: no cut
    public void LeftSize_IsTenthsAlignedDown(ulong size, uint tenths, ulong expected) =>
        Assert.Equal(expected, RegionSplit.LeftSize(size, tenths, 4096));

    [Theory]
    [InlineData(501, 0, 1000u, 1)] // more than half
    [InlineData(500, 0, 1000u, 2)]
    [InlineData(333, 333, 1000u, 2)] // 333 is not below 1000 / 3 = 333
    [InlineData(332, 332, 1000u, 3)]
    [InlineData(332, 331, 1000u, 2)] // the number changed
    public void Pieces_DependOnTheNumberOfRegions(int nrRegions, int lastNrRegions, uint maxNrRegions, int expected) =>
        Assert.Equal(expected, RegionSplit.Pieces(nrRegions, lastNrRegions, maxNrRegions));

    [Theory]
    [InlineData("0-100", new[] { 3 }, 2, "0-30-100")]
    [InlineData("0-100", new[] { 3, 5 }, 3, "0-15-30-100")] // the second cut is at half of the left part, 0-30
    [InlineData("0-100, 200-300", new[] { 9, 1 }, 2, "0-90-100, 200-210-300")]
    [InlineData("0-100", new[] { 5 }, 1, "0-100")]
    public void Split_ContinuesOnTheLeftPart(string regions, int[] tenths, int pieces, string expected)
    {
        RegionArray array = Notation.Regions(regions);
        RegionSplit.Split(array, pieces, 1, ScriptedRandom.Tenths(tenths));
        Assert.Equal(expected, Notation.Bounds(array.AsSpan()));
    }

    [Fact]
    public void RegionOfTwoSmallestRegions_IsNotSplit()
    {
        RegionArray array = Notation.Regions("0-8192");
        ScriptedRandom random = new();
        RegionSplit.Split(array, 3, 4096, random);
        Assert.Equal("0-8192", Notation.Bounds(array.AsSpan()));
        Assert.Equal(0, random.NrDrawn);
    }

    [Fact]
    public void CutAtNothing_IsSkippedAndTheNextOneTried()
    {
        // 16384 * 2 / 10 is below a page; the second draw cuts 16384 * 5 / 10 = 8192.
        RegionArray array = Notation.Regions("0-16384");
        RegionSplit.Split(array, 3, 4096, ScriptedRandom.Tenths(2, 5));
        Assert.Equal("0-8192-16384", Notation.Bounds(array.AsSpan()));
    }

    [Theory]
    [InlineData("0-100, 100-200", 0)]
    [InlineData("0-100, 200-300, 400-500, 500-600", 0)] // the kernel's three
    [InlineData("0-100, 200-300, 400-500, 600-700, 700-800, 900-950", 2)]
    public void FurtherIslands_AreThoseBeyondThree(string regions, long expected) =>
        Assert.Equal(expected, RegionSplit.NrFurtherIslands(Notation.Regions(regions).AsSpan()));

    [Fact]
    public void SplitChosen_ChoosesExactlySoManyAndEachRegionAsOften()
    {
        // 5 of 20 large enough: 0, 40, ... are of 1,000 bytes, the others of 2, which are not cut. Each is chosen with probability 1/4:
        // of 4,000 trials 1,000 with a standard deviation of sqrt(4000 * 3/16) = 27; four of them either way.
        SeededRandom random = new(1);
        string regions = string.Join(
            ", ", Enumerable.Range(0, 20).Select(i => $"{i * 2000}-{(i * 2000) + 1000}, {(i * 2000) + 1500}-{(i * 2000) + 1502}"));
        int[] chosen = new int[20];
        for (int trial = 0; trial < 4000; trial++)
        {
            RegionArray array = Notation.Regions(regions);
            (long, long) choose = (5, 20);
            RegionSplit.SplitChosen(array, 2, 1, random, ref choose);
            Assert.Equal((0L, 0L), choose);
            Assert.Equal(45, array.Count);
            foreach (DamonRegion piece in array.AsSpan())
            {
                chosen[piece.Start / 2000] += piece.Start % 2000 == 0 && piece.Size < 1000 ? 1 : 0;
            }
        }

        Assert.All(chosen, times => Assert.InRange(times, 1000 - 108, 1000 + 108));
    }

    [Fact]
    public void ManyIslands_AreSplitNevertheless()
    {
        // 40 islands of max 60 regions: more than half, so that the kernel's rule alone would never split the large one.
        var islands = Enumerable.Range(0, 39).Select(static i => ((ulong)i * 0x10000, ((ulong)i * 0x10000) + 0x1000)).ToList();
        islands.Add((0x1000000, 0x3000000));
        Assert.Equal(37, RegionSplit.NrFurtherIslands(Notation.Regions(string.Join(", ", islands.Select(static r => $"{r.Item1}-{r.Item2}"))).AsSpan()));
        Assert.Equal(2, RegionSplit.Pieces(40 - 37, 0, 60 - 37));
        Assert.Equal(1, RegionSplit.Pieces(40, 0, 60));
    }

    [Fact]
    public void Children_InheritCountersAndAge()
    {
        RegionArray array = Notation.Regions("0-100 4/7");
        array.AsSpan()[0].LastNrAccesses = 5;
        RegionSplit.Split(array, 2, 1, ScriptedRandom.Tenths(4));
        Assert.Equal("0-40 4/7, 40-100 4/7", Notation.Full(array.AsSpan()));
        Assert.Equal(5u, array.AsSpan()[1].LastNrAccesses);
    }

    [Fact]
    public void EveryTenth_IsDrawnEquallyOften()
    {
        // 90,000 draws over 9 tenths: expected 10,000, standard deviation sqrt(90000 * 1/9 * 8/9) = 94; 5 sigma = 471.
        SeededRandom random = new(2);
        Dictionary<ulong, int> lefts = [];
        RegionArray array = Notation.Regions("0-10");
        for (int i = 0; i < 90_000; i++)
        {
            RegionSplit.Split(array, 2, 1, random);
            ulong left = array.AsSpan()[0].Size;
            lefts[left] = lefts.GetValueOrDefault(left) + 1;
            array.Set([new(0, 10)]);
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(t => (ulong)t), lefts.Keys.Order());
        Assert.All(lefts.Values, count => Assert.InRange(count, 10_000 - 471, 10_000 + 471));
    }
}
