using CsCheck;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>What holds for any regions; 1,000 random cases each.</summary>
public sealed class RegionPropertyTests
{
    private const int NrCases = 1_000;

    private static readonly Gen<ulong> s_limit = Gen.ULong[1, 5_000].Select(static pages => pages * Run.Page);

    private static readonly Gen<uint> s_threshold = Gen.UInt[0, 20];

    [Fact]
    public void Merge_KeepsCoverage() => Gen.Select(Layout.AnyRegions, s_threshold, s_limit).Sample(
        (layout, threshold, limit) =>
        {
            RegionArray regions = layout.ToArray();
            AddressRange[] before = Coverage(regions.AsSpan());
            RegionMerge.Pass(regions, threshold, limit);
            Assert.Equal(before, Coverage(regions.AsSpan()));
            AssertWellFormed(regions.AsSpan());
        },
        iter: NrCases);

    [Fact]
    public void Merge_StaysBelowTheSizeLimit() => Gen.Select(Layout.AnyRegions, s_threshold, s_limit).Sample(
        (layout, threshold, limit) =>
        {
            RegionArray regions = layout.ToArray();
            RegionMerge.Pass(regions, threshold, limit);
            foreach (DamonRegion region in regions.AsSpan())
            {
                Assert.True(region.Size <= limit || Inside(layout.Regions, region).Length == 1);
            }
        },
        iter: NrCases);

    [Fact]
    public void Merge_AveragesBetweenItsInputs() => Gen.Select(Layout.AnyRegions, s_threshold).Sample(
        (layout, threshold) =>
        {
            RegionArray regions = layout.ToArray();
            RegionMerge.Pass(regions, threshold, ulong.MaxValue);
            foreach (DamonRegion region in regions.AsSpan())
            {
                DamonRegion[] inputs = Inside(layout.Regions, region);
                Assert.InRange(region.NrAccesses, inputs.Min(r => r.NrAccesses), inputs.Max(r => r.NrAccesses));
                Assert.InRange(region.Age, inputs.Min(r => r.Age), inputs.Max(r => r.Age));
            }
        },
        iter: NrCases);

    [Fact]
    public void Merge_WithoutBoundsLeavesOneRegionPerContiguousRange() => Layout.AnyRegions.Sample(
        layout =>
        {
            RegionArray regions = layout.ToArray();
            RegionMerge.Pass(regions, 20, ulong.MaxValue); // 20 is the largest nr_accesses: everything is alike
            Assert.Equal(Coverage(regions.AsSpan()).Length, regions.Count);
        },
        iter: NrCases);

    [Fact]
    public void Split_KeepsCoverageAndRefines() => Gen.Select(Layout.AnyRegions, Gen.Int[2, 3], Gen.ULong).Sample(
        (layout, pieces, seed) =>
        {
            RegionArray regions = layout.ToArray();
            RegionSplit.Split(regions, pieces, Run.Page, new SeededRandom(seed));
            AssertWellFormed(regions.AsSpan());
            Assert.Equal(Coverage([.. layout.Regions]), Coverage(regions.AsSpan()));
            DamonRegion[] after = regions.AsSpan().ToArray();
            foreach (DamonRegion parent in layout.Regions)
            {
                DamonRegion[] children = Inside(after, parent);
                Assert.InRange(children.Length, 1, pieces);
                Assert.Equal(parent.Size, children.Aggregate(0ul, (sum, r) => sum + r.Size));
                Assert.All(children, c => Assert.Equal((parent.NrAccesses, parent.LastNrAccesses, parent.Age), (c.NrAccesses, c.LastNrAccesses, c.Age)));
            }
        },
        iter: NrCases);

    [Fact]
    public void Split_NeverExceedsMaxNrRegions() => Gen.Select(Layout.AnyRegions, Gen.UInt[0, 160], Gen.Bool, Gen.ULong).Sample(
        (layout, more, isSettled, seed) =>
        {
            RegionArray regions = layout.ToArray();
            uint maxNrRegions = (uint)regions.Count + more;
            int pieces = RegionSplit.Pieces(regions.Count, isSettled ? regions.Count : 0, maxNrRegions);
            RegionSplit.Split(regions, pieces, Run.Page, new SeededRandom(seed));
            Assert.InRange(regions.Count, 1, (int)maxNrRegions);
        },
        iter: NrCases);

    [Fact]
    public void ApplyMinNrRegions_KeepsCoverageAndTheLimit() => Gen.Select(Layout.AnyRegions, Gen.UInt[3, 300]).Sample(
        (layout, minNrRegions) =>
        {
            RegionArray regions = layout.ToArray();
            AddressRange[] before = Coverage(regions.AsSpan());
            ulong limit = RegionSizeLimit.Of(regions.TotalSize(), minNrRegions, Run.Page);
            RegionSizeLimit.ApplyMinNrRegions(regions, limit, Run.Page);
            AssertWellFormed(regions.AsSpan());
            Assert.Equal(before, Coverage(regions.AsSpan()));
            foreach (DamonRegion region in regions.AsSpan())
            {
                Assert.InRange(region.Size, Run.Page, DamonArithmetic.AlignUp(limit, Run.Page));
            }
        },
        iter: NrCases);

    [Fact]
    public void FitToRanges_CoversExactlyTheRanges() => Gen.Select(Layout.AnyRegions, Layout.AnyRanges).Sample(
        (layout, ranges) =>
        {
            RegionArray regions = layout.ToArray();
            RegionsUpdate.FitToRanges(regions, ranges, Run.Page);
            AssertWellFormed(regions.AsSpan());
            Assert.Equal(ranges, Coverage(regions.AsSpan()));
        },
        iter: NrCases);

    [Fact]
    public void FitToRanges_KeepsOldRegionsInside() => Gen.Select(Layout.AnyRegions, Layout.AnyRanges).Sample(
        (layout, ranges) =>
        {
            RegionArray regions = layout.ToArray();
            RegionsUpdate.FitToRanges(regions, ranges, Run.Page);
            DamonRegion[] after = regions.AsSpan().ToArray();
            foreach (DamonRegion old in layout.Regions.Where(r => ranges.Any(range => r.Start >= range.Start && r.End <= range.End)))
            {
                DamonRegion kept = Assert.Single(after, r => r.Start <= old.Start && r.End >= old.End); // stretched at most
                Assert.Equal((old.NrAccesses, old.LastNrAccesses, old.Age), (kept.NrAccesses, kept.LastNrAccesses, kept.Age));
            }
        },
        iter: NrCases);

    [Fact]
    public void MonitoredRanges_CoverEveryMappingButNotTheTwoBiggestGaps() => Layout.AnyRegions.Sample(
        layout =>
        {
            AddressRange[] mappings = [.. layout.Regions.Select(r => new AddressRange(r.Start, r.End))];
            AddressRange[] ranges = new AddressRange[ThreeRanges.Count];
            int count = MonitoredRanges.Find(mappings, Run.Page, ranges);
            ulong[] gaps = [.. mappings.Zip(mappings.Skip(1), (a, b) => b.Start - a.End).Where(g => g > 0).OrderDescending().Take(2)];
            Assert.Equal(gaps.Length + 1, count);
            Assert.All(mappings, m => Assert.Single(ranges[..count], r => r.Start <= m.Start && r.End >= m.End));
            ulong covered = ranges[..count].Aggregate(0ul, (sum, r) => sum + r.Size);
            Assert.Equal(mappings[^1].End - mappings[0].Start - gaps.Aggregate(0ul, (sum, g) => sum + g), covered);
        },
        iter: NrCases);

    private static DamonRegion[] Inside(IEnumerable<DamonRegion> regions, DamonRegion outer) =>
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
