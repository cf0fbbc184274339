using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Tests.Worker;

/// <summary>Pages as regions: nothing is lost while there is room, and sums stay when there is none.</summary>
public sealed class ExactRegionsTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Runs_AreRegionsPageByPage()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            ExactState?[] truth = RandomPages(seed);
            var regions = new ExactRegions(int.MaxValue);

            SnapshotMemory memory = regions.Fill(Build(truth));

            Assert.False(regions.IsJoined);
            ExactState?[] told = new ExactState?[truth.Length];
            for (int i = 0; i < regions.Regions.Length; i++)
            {
                DamonRegion region = regions.Regions[i];
                RegionEstimateRecord record = regions.Records[i];
                ulong pages = region.Size / Page;
                Assert.Equal((pages, 0f), (record.ResidentPages, record.TouchedErrorPages));
                Assert.Equal(region.NrAccesses == 0 ? 0 : pages, record.TouchedPages);
                Assert.Equal(region.IsUnknown ? pages : 0, record.UnknownPages);
                Array.Fill(
                    told, region.IsUnknown ? ExactState.Unknown : region.NrAccesses == 1 ? ExactState.Touched : ExactState.Untouched,
                    (int)(region.Start / Page), (int)pages);
            }

            Assert.Equal(truth, told);
            Assert.Equal(
                (Count(truth, ExactState.Touched), Count(truth, ExactState.Unknown), 0UL),
                (memory.TouchedBytes, memory.UnknownBytes, memory.TouchedErrorBytes));
        }
    }

    [Fact]
    public void TooManyRuns_AreJoinedAndKeepTheirSums()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            ExactState?[] truth = RandomPages(seed);
            int limit = 3 + (seed % 20);
            var regions = new ExactRegions(limit);

            SnapshotMemory memory = regions.Fill(Build(truth));

            Assert.InRange(regions.Regions.Length, 1, limit);
            Assert.True(regions.IsJoined);
            Assert.Equal(Count(truth, ExactState.Touched), memory.TouchedBytes);
            Assert.Equal(memory.TouchedBytes, (ulong)regions.Records.ToArray().Sum(static record => (double)record.TouchedPages) * Page);
            Assert.Equal(memory.ResidentBytes, (ulong)regions.Records.ToArray().Sum(static record => (long)record.ResidentPages) * Page);
            Assert.Equal(memory.UnknownBytes, (ulong)regions.Records.ToArray().Sum(static record => (long)record.UnknownPages) * Page);
            for (int i = 1; i < regions.Regions.Length; i++)
            {
                Assert.True(regions.Regions[i].Start >= regions.Regions[i - 1].End);
            }
        }
    }

    /// <summary>Small runs go first: a large touched run among single pages stays alone.</summary>
    [Fact]
    public void TheSmallest_AreJoinedFirst()
    {
        ExactState?[] truth = [.. Enumerable.Range(0, 4000).Select(static page =>
            (ExactState?)(page is >= 1000 and < 3000 || page % 2 == 0 ? ExactState.Touched : ExactState.Untouched))];
        var regions = new ExactRegions(10);

        regions.Fill(Build(truth));

        Assert.True(regions.IsJoined);
        Assert.Contains(regions.Regions.ToArray(), static region => region.NrAccesses == 1 && region.Start <= 1000 * Page && region.End >= 3000 * Page);
    }

    /// <summary>A touched run that stays ages by one a window; where half of it is new, by half as much; a change of state begins anew.</summary>
    [Fact]
    public void Ages_AreMeansOverBytes()
    {
        var regions = new ExactRegions(100);
        regions.Fill(Build(States(touched: 8, untouched: 8)));
        Assert.Equal([0u, 0u], Ages(regions));
        regions.Fill(Build(States(touched: 8, untouched: 8)));
        regions.Fill(Build(States(touched: 8, untouched: 8)));
        Assert.Equal([2u, 2u], Ages(regions));

        // Of 12 touched pages 8 are at 3 and 4 at 0; the 4 untouched ones are at 3.
        regions.Fill(Build(States(touched: 12, untouched: 4)));

        Assert.Equal([2u, 3u], Ages(regions));
    }

    private static uint[] Ages(ExactRegions regions) => [.. regions.Regions.ToArray().Select(static region => region.Age)];

    private static ExactState?[] States(int touched, int untouched) =>
        [.. Enumerable.Repeat<ExactState?>(ExactState.Touched, touched), .. Enumerable.Repeat<ExactState?>(ExactState.Untouched, untouched)];

    /// <summary>Runs of 1 to 20 pages: touched, untouched, unknown, or no memory.</summary>
    private static ExactState?[] RandomPages(int seed)
    {
        var random = new Random(seed);
        List<ExactState?> pages = [];
        while (pages.Count < 2000)
        {
            ExactState? state = random.Next(8) switch { 0 => null, 1 => ExactState.Unknown, < 5 => ExactState.Untouched, _ => ExactState.Touched };
            pages.AddRange(Enumerable.Repeat(state, random.Next(1, 20)));
        }

        return [.. pages];
    }

    private static ExactPages Build(ExactState?[] pages)
    {
        var builder = new ExactPagesBuilder();
        for (int i = 0; i < pages.Length; i++)
        {
            if (pages[i] is { } state)
            {
                builder.Add((ulong)i * Page, state);
            }
        }

        return builder.Build(1, 1);
    }

    private static ulong Count(ExactState?[] pages, ExactState state) => (ulong)pages.Count(page => page == state) * Page;
}
