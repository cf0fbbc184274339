namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class PopulatedMemoryTests
{
    private static readonly AddressRange[] s_ranges = [new(100, 110), new(200, 205), new(1_000, 1_100)];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 0)]
    [InlineData(105, 5)]
    [InlineData(150, 10)]
    [InlineData(204, 14)]
    [InlineData(1_000, 15)]
    [InlineData(5_000, 115)]
    public void Below_CountsTheBytesBeforeAnAddress(ulong address, ulong bytes) => Assert.Equal(bytes, Memory().Below(address));

    [Fact]
    public void AddressAt_IsTheInverseOfBelow()
    {
        PopulatedMemory memory = Memory();
        for (ulong offset = 0; offset < memory.Size; offset++)
        {
            Assert.Equal(offset, memory.Below(memory.AddressAt(offset)));
        }
    }

    [Fact]
    public void Close_JoinsRangesWithSmallGaps()
    {
        List<AddressRange> closed = [];
        Memory().Close(90, closed);
        Assert.Equal([new AddressRange(100, 205), new AddressRange(1_000, 1_100)], closed);
    }

    [Fact]
    public void Samples_FallOnMemoryOnly()
    {
        // 64 pages at every 16th MiB of a terabyte: every sample counts.
        AddressRange[] ranges = [.. Enumerable.Range(0, 64).Select(i => new AddressRange((ulong)i << 34, ((ulong)i << 34) + (64 * Run.Page)))];
        SimulatedMemory memory = new(ranges, (page, _) => true);
        RecordingObserver observer = new();
        DamonContext context = new(new DamonAttributes { ExtraSamples = 100 }, new SeededRandom(1), observer, Run.Page);
        context.AddTarget(memory, memory);
        context.Start();
        context.Passes(100);

        RegionEstimate sum = default;
        foreach (DamonRegion region in observer.Snapshots[^1].Regions)
        {
            sum.Add(region.Estimate);
        }

        Assert.Equal(64 * 64, sum.Resident / Run.Page, 6);
        Assert.Equal(64 * 64, sum.Touched / Run.Page, 6);
    }

    private static PopulatedMemory Memory()
    {
        PopulatedMemory memory = new();
        memory.Set(s_ranges);
        return memory;
    }
}
