namespace Damon.Trace.Tracer.Monitoring.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Passes_OverAThousandRegionsAllocateNothing()
    {
        // More than 1,000 regions by min_nr_regions; 1,000 passes hold 50 merges, emissions and splits and 5 regions updates.
        DamonAttributes attributes = new() { MinNrRegions = 1_010, MaxNrRegions = 4_000 };
        CountingObserver observer = new();
        DamonContext context = new(attributes, new SeededRandom(1), observer, Run.Page);
        ulong hotStart = 0;
        context.AddTarget(new FixedAddressSpace(), new SimulatedAccesses(
            a => a - hotStart < 64ul << 20 ? AccessState.Accessed : AccessState.NotAccessed));
        context.Start();
        context.Passes(4_000);
        long aggregationsBefore = observer.NrAggregations;
        long before = GC.GetAllocatedBytesForCurrentThread();
        context.Passes(500);
        hotStart = 128ul << 20;
        context.Passes(500);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(50, observer.NrAggregations - aggregationsBefore);
        Assert.InRange(observer.SmallestNrRegions, 1_000, int.MaxValue);
        Assert.Equal(0, allocated);
    }

    private sealed class FixedAddressSpace : IAddressSpace
    {
        public bool TryReadMappings(List<AddressRange> ranges)
        {
            ranges.Clear();
            ranges.Add(new(0, 512ul << 20));
            ranges.Add(new(1ul << 40, (1ul << 40) + (512ul << 20)));
            ranges.Add(new(1ul << 46, (1ul << 46) + (1ul << 20)));
            return true;
        }
    }

    private sealed class CountingObserver : IAggregationObserver
    {
        public long NrAggregations { get; private set; }

        public int SmallestNrRegions { get; private set; } = int.MaxValue;

        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            NrAggregations++;
            SmallestNrRegions = Math.Min(SmallestNrRegions, regions.Length);
        }

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }
    }
}
