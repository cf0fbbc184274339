namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>What holds for any regions; 1,000 seeded cases each.</summary>
public sealed class RegionPropertyTests
{
    [Fact]
    public void Merge_KeepsCoverage() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        AddressRange[] before = Coverage(regions.AsSpan());
        RegionMerge.Pass(regions, (uint)random.Next(0, 20), RandomLimit(random));
        Assert.Equal(before, Coverage(regions.AsSpan()));
        AssertWellFormed(regions.AsSpan());
    });

    [Fact]
    public void Merge_StaysBelowTheSizeLimit() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        DamonRegion[] before = regions.AsSpan().ToArray();
        ulong limit = RandomLimit(random);
        RegionMerge.Pass(regions, (uint)random.Next(0, 20), limit);
        foreach (DamonRegion region in regions.AsSpan())
        {
            Assert.True(region.Size <= limit || Inside(before, region).Length == 1);
        }
    });

    [Fact]
    public void Merge_AveragesBetweenItsInputs() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        DamonRegion[] before = regions.AsSpan().ToArray();
        RegionMerge.Pass(regions, (uint)random.Next(0, 20), ulong.MaxValue);
        foreach (DamonRegion region in regions.AsSpan())
        {
            DamonRegion[] inputs = Inside(before, region);
            Assert.InRange(region.NrAccesses, inputs.Min(r => r.NrAccesses), inputs.Max(r => r.NrAccesses));
            Assert.InRange(region.Age, inputs.Min(r => r.Age), inputs.Max(r => r.Age));
        }
    });

    [Fact]
    public void Merge_WithoutBoundsLeavesOneRegionPerContiguousRange() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        RegionMerge.Pass(regions, 20, ulong.MaxValue); // 20 is the largest nr_accesses: everything is alike
        Assert.Equal(Coverage(regions.AsSpan()).Length, regions.Count);
    });

    [Fact]
    public void Split_KeepsCoverageAndRefines() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        DamonRegion[] before = regions.AsSpan().ToArray();
        int pieces = (int)random.Next(2, 3);
        RegionSplit.Split(regions, pieces, Run.Page, random);
        AssertWellFormed(regions.AsSpan());
        Assert.Equal(Coverage(before), Coverage(regions.AsSpan()));
        DamonRegion[] after = regions.AsSpan().ToArray();
        foreach (DamonRegion parent in before)
        {
            DamonRegion[] children = Inside(after, parent);
            Assert.InRange(children.Length, 1, pieces);
            Assert.Equal(parent.Size, children.Aggregate(0ul, (sum, r) => sum + r.Size));
            Assert.All(children, c => Assert.Equal((parent.NrAccesses, parent.LastNrAccesses, parent.Age), (c.NrAccesses, c.LastNrAccesses, c.Age)));
        }
    });

    [Fact]
    public void Split_NeverExceedsMaxNrRegions() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        uint maxNrRegions = (uint)random.Next((ulong)regions.Count, 200);
        long last = random.Next(0, 1) == 0 ? regions.Count : 0;
        int pieces = RegionSplit.Pieces(regions.Count, last, maxNrRegions);
        RegionSplit.Split(regions, pieces, Run.Page, random);
        Assert.InRange(regions.Count, 1, (int)maxNrRegions);
    });

    [Fact]
    public void ApplyMinNrRegions_KeepsCoverageAndTheLimit() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        AddressRange[] before = Coverage(regions.AsSpan());
        ulong limit = RegionSizeLimit.Of(regions.TotalSize(), (uint)random.Next(3, 300), Run.Page);
        RegionSizeLimit.ApplyMinNrRegions(regions, limit, Run.Page);
        AssertWellFormed(regions.AsSpan());
        Assert.Equal(before, Coverage(regions.AsSpan()));
        foreach (DamonRegion region in regions.AsSpan())
        {
            Assert.InRange(region.Size, Run.Page, DamonArithmetic.AlignUp(limit, Run.Page));
        }
    });

    [Fact]
    public void FitToRanges_CoversExactlyTheRanges() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        AddressRange[] ranges = Cases.Ranges(random);
        RegionsUpdate.FitToRanges(regions, ranges, Run.Page);
        AssertWellFormed(regions.AsSpan());
        Assert.Equal(ranges, Coverage(regions.AsSpan()));
    });

    [Fact]
    public void FitToRanges_KeepsOldRegionsInside() => Cases.ForAll(random =>
    {
        RegionArray regions = Cases.Regions(random);
        DamonRegion[] before = regions.AsSpan().ToArray();
        AddressRange[] ranges = Cases.Ranges(random);
        RegionsUpdate.FitToRanges(regions, ranges, Run.Page);
        DamonRegion[] after = regions.AsSpan().ToArray();
        foreach (DamonRegion old in before.Where(r => ranges.Any(range => r.Start >= range.Start && r.End <= range.End)))
        {
            DamonRegion kept = Assert.Single(after, r => r.Start <= old.Start && r.End >= old.End); // stretched at most
            Assert.Equal((old.NrAccesses, old.LastNrAccesses, old.Age), (kept.NrAccesses, kept.LastNrAccesses, kept.Age));
        }
    });

    [Fact]
    public void MonitoredRanges_CoverEveryMappingButNotTheTwoBiggestGaps() => Cases.ForAll(random =>
    {
        DamonRegion[] mapped = Cases.Regions(random).AsSpan().ToArray();
        AddressRange[] mappings = [.. mapped.Select(r => new AddressRange(r.Start, r.End))];
        AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
        int count = MonitoredRanges.Find(mappings, Run.Page, ranges);
        ulong[] gaps = [.. mappings.Zip(mappings.Skip(1), (a, b) => b.Start - a.End).Where(g => g > 0).OrderDescending().Take(2)];
        Assert.Equal(gaps.Length + 1, count);
        Assert.All(mappings, m => Assert.Single(ranges[..count], r => r.Start <= m.Start && r.End >= m.End));
        ulong covered = ranges[..count].Aggregate(0ul, (sum, r) => sum + r.Size);
        Assert.Equal(mappings[^1].End - mappings[0].Start - gaps.Aggregate(0ul, (sum, g) => sum + g), covered);
    });

    private static ulong RandomLimit(SeededRandom random) => random.Next(1, 5_000) * Run.Page;

    private static DamonRegion[] Inside(DamonRegion[] regions, DamonRegion outer) =>
        [.. regions.Where(r => r.Start >= outer.Start && r.End <= outer.End)];

    private static AddressRange[] Coverage(ReadOnlySpan<DamonRegion> regions)
    {
        List<AddressRange> coverage = [];
        foreach (DamonRegion region in regions)
        {
            if (coverage.Count > 0 && coverage[^1].End == region.Start)
            {
                coverage[^1] = coverage[^1] with { End = region.End };
            }
            else
            {
                coverage.Add(new(region.Start, region.End));
            }
        }

        return [.. coverage];
    }

    private static void AssertWellFormed(ReadOnlySpan<DamonRegion> regions)
    {
        ulong end = 0;
        foreach (DamonRegion region in regions)
        {
            Assert.True(region.Start >= end, "sorted and disjoint");
            Assert.True(region.Start < region.End, "not empty");
            Assert.Equal(0ul, (region.Start | region.End) % Run.Page);
            end = region.End;
        }
    }
}
