namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>
/// A day at the kernel's defaults by a driven clock, 17,280,000 checks: a process of 512 MB that grows and shrinks every hour, and whose hot range
/// moves every minute. DAMON_TRACE_DAY=1 runs all of it, else it is an hour.
/// </summary>
public sealed class DayTests
{
    private const ulong Mib = 1ul << 20;
    private const int AggregationsAMinute = 600;
    private const int SamplesAnAggregation = 20;

    [Fact]
    public void Day_NeedsTheMemoryOfItsFirstMinutes()
    {
        int minutes = Environment.GetEnvironmentVariable("DAMON_TRACE_DAY") is null ? 60 : 24 * 60;
        DamonAttributes attributes = new();
        Watcher watcher = new(attributes);
        Process process = new();
        DamonContext context = new(attributes, new SeededRandom(1), watcher, Run.Page);
        context.AddTarget(process, SimulatedAccesses.Hot(() => process.Hot));
        context.Start();
        int minute = 0;
        for (; minute < 5; minute++)
        {
            Pass(context, process, minute);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (; minute < minutes; minute++)
        {
            Pass(context, process, minute);
        }

        // Arrays of regions that become as long as they will ever be.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
        Assert.Equal((ulong)minutes * AggregationsAMinute, context.NrAggregations);
        Assert.Equal(minutes * AggregationsAMinute, watcher.NrSnapshots);
    }

    private static void Pass(DamonContext context, Process process, int minute)
    {
        process.Minute = minute;
        context.Passes(AggregationsAMinute * SamplesAnAggregation);
    }

    /// <summary>512 MB in odd hours, 768 MB in even ones; 32 of them are hot.</summary>
    private sealed class Process : IAddressSpace
    {
        internal int Minute { get; set; }

        internal AddressRange Hot
        {
            get
            {
                ulong start = (ulong)(Minute % 15) * 32 * Mib;
                return new AddressRange(start, start + (32 * Mib));
            }
        }

        public bool TryReadMappings(List<AddressRange> ranges)
        {
            ranges.Clear();
            ranges.Add(new(0, (Minute / 60 % 2 == 0 ? 768ul : 512ul) * Mib));
            ranges.Add(new(1ul << 40, (1ul << 40) + Mib));
            ranges.Add(new(1ul << 46, (1ul << 46) + Mib));
            return true;
        }
    }

    /// <summary>What must hold in every one of 864,000 snapshots.</summary>
    private sealed class Watcher(DamonAttributes attributes) : IAggregationObserver
    {
        internal long NrSnapshots { get; private set; }

        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            NrSnapshots++;
            Assert.True(regions.Length <= attributes.MaxNrRegions);
            ulong end = 0;
            foreach (ref readonly DamonRegion region in regions)
            {
                if (region.Start < end || region.End <= region.Start || region.NrAccesses > SamplesAnAggregation || region.Age > NrSnapshots)
                {
                    Assert.Fail($"snapshot {NrSnapshots}: {region.Start}-{region.End}: {region.NrAccesses} {region.Age} follows {end}");
                }

                end = region.End;
            }
        }

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }
    }
}
