namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Whole runs over random targets, intervals, bounds and accesses; 1,000 seeded cases.</summary>
public sealed class ContextPropertyTests
{
    [Fact]
    public void Snapshots_AreAlwaysWellFormed() => Cases.ForAll(random =>
    {
        uint minNrRegions = (uint)random.Next(3, 20);
        DamonAttributes attributes = new()
        {
            SampleUs = 1_000,
            AggrUs = random.Next(1_000, 10_000),
            UpdateUs = random.Next(1_000, 20_000),
            MinNrRegions = minNrRegions,
            MaxNrRegions = (uint)random.Next(minNrRegions + 40, 300),
        };
        MutatingSpace space = new(random);
        Checker checker = new();
        DamonContext context = new(attributes, random, checker, Run.Page);
        ulong mask = random.NextUInt64();
        context.AddTarget(space, new SimulatedAccesses(a => (AccessState)((a / Run.Page) & mask & 3)));
        context.AddTarget(space, new SimulatedAccesses(_ => AccessState.Accessed) { Granularity = AccessGranularity.Mapping });
        context.Start();
        for (int i = 0; i < 60; i++)
        {
            context.Passes(1);
            if (random.Next(0, 19) == 0)
            {
                context.SetAttributes(context.Attributes with { AggrUs = random.Next(1_000, 10_000) });
            }
        }

        Assert.Equal(60ul, context.PassedSampleIntervals);
    });

    /// <summary>Other mappings at every read.</summary>
    private sealed class MutatingSpace(SeededRandom random) : IAddressSpace
    {
        public bool TryReadMappings(List<AddressRange> ranges)
        {
            ranges.Clear();
            foreach (DamonRegion region in Cases.Regions(random).AsSpan())
            {
                ranges.Add(new(region.Start, region.End));
            }

            return random.Next(0, 4) > 0;
        }
    }

    private sealed class Checker : IAggregationObserver
    {
        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            ulong end = 0;
            foreach (DamonRegion region in regions)
            {
                Assert.True(region.Start >= end && region.Start < region.End, "sorted, disjoint, not empty");
                Assert.Equal(0ul, (region.Start | region.End) % Run.Page);
                Assert.InRange(region.NrAccesses, 0u, target.NrSamples);
                end = region.End;
            }

            Assert.False(regions.IsEmpty);
        }

        public void OnIntervalsTuned(ulong sampleUs) => Assert.Fail("no goal is set");
    }
}
