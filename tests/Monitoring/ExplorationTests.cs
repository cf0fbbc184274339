namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Small hot sets in large cold memory.</summary>
public sealed class ExplorationTests
{
    private const ulong Mib = 1ul << 20;

    [Fact]
    public void Cut_GivesAHitARegionOf32PagesOfItsOwn()
    {
        RegionArray regions = new();
        regions.Set([new AddressRange(0, 1_000 * Run.Page)]);
        Exploration.Cut(regions, [(500 * Run.Page) + 7], room: 10, Run.Page);
        Assert.Equal(
            [(0ul, 484ul), (484, 516), (516, 1_000)],
            regions.AsSpan().ToArray().Select(region => (region.Start / Run.Page, region.End / Run.Page)));
    }

    [Fact]
    public void Cut_LeavesSprinkledMemoryAlone()
    {
        RegionArray regions = new();
        regions.Set([new AddressRange(0, 1_000 * Run.Page)]);
        regions.AsSpan()[0].WindowSamples = 100;
        regions.AsSpan()[0].WindowAccessed = 25;
        Exploration.Cut(regions, [500 * Run.Page], room: 10, Run.Page);
        Assert.Equal(1, regions.Count);
    }

    [Fact]
    public void Cut_KeepsTheBoundOnRegions()
    {
        RegionArray regions = new();
        regions.Set([new AddressRange(0, 100_000 * Run.Page)]);
        List<ulong> hits = [.. Enumerable.Range(1, 90).Select(i => (ulong)i * 1_000 * Run.Page)];
        Exploration.Cut(regions, hits, room: 11, Run.Page);
        Assert.InRange(regions.Count, 2, 12);
        Assert.Equal(100_000 * Run.Page, regions.TotalSize());
    }

    [Theory]
    [InlineData(64, 512, 30)]
    [InlineData(256, 512, 10)]
    [InlineData(1_024, 4_096, 20)]
    public void ASmallHotSet_IsFoundAndKept(ulong hotKib, ulong sizeMib, int seconds)
    {
        // 5 ms, 100 ms; 100 extra samples hit 16 of 131,072 pages once in 82 windows, 0.4 s.
        ulong first = sizeMib * Mib / Run.Page / 3;
        ulong hotPages = hotKib * 1_024 / Run.Page;
        SimulatedMemory memory = new([new AddressRange(0, sizeMib * Mib)], (page, _) => page >= first && page < first + hotPages);
        RecordingObserver observer = new();
        DamonContext context = new(new DamonAttributes { ExtraSamples = 100 }, new SeededRandom(3), observer, Run.Page);
        context.AddTarget(memory, memory);
        context.Start();
        context.Passes(seconds * 200);

        int found = 0;
        foreach (RecordingObserver.Aggregated snapshot in observer.Snapshots.TakeLast(20))
        {
            ulong hot = 0;
            foreach (DamonRegion region in snapshot.Regions)
            {
                hot += region.NrAccesses * 2 >= snapshot.NrSamples ? region.Size : 0;
            }

            found += hot >= hotKib * 1_024 * 9 / 10 && hot <= hotKib * 1_024 * 2 ? 1 : 0;
        }

        Assert.InRange(found, 15, 20);
    }
}
