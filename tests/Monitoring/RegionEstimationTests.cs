namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>The formulas of <see cref="RegionEstimation.Conclude"/>, by hand. A region of 100 pages; sizes are compared in pages.</summary>
public sealed class RegionEstimationTests
{
    [Fact]
    public void AllSamplesValid_KeepsWhatTheKernelCounts()
    {
        // 5 of 20 own samples, 30 of 100 in all.
        DamonRegion region = Concluded(nrAccesses: 5, new SampleTally { Exact = 100, ExactAccessed = 30 });

        Assert.Equal(5u, region.NrAccesses);
        Assert.Equal(30, region.Estimate.Touched / Run.Page, 9);
        Assert.Equal(0, region.Estimate.Unknown);
    }

    [Fact]
    public void UnpreparedSamples_LeaveTheDenominator()
    {
        // Of 20 checks 12 were prepared, all 12 accessed: 20 of 20, not 12.
        DamonRegion region = Concluded(nrAccesses: 12, new SampleTally { Exact = 12, ExactAccessed = 12, Unprepared = 8 });

        Assert.Equal(20u, region.NrAccesses);
        Assert.Equal(100, region.Estimate.Touched / Run.Page, 9);
        Assert.Equal(0, region.Estimate.Unknown);
    }

    [Fact]
    public void KindsOfPage_HaveDenominatorsOfTheirOwn()
    {
        // Half of the samples fell on pages that await a sweep: 50 pages. Of the 10 swept ones 9 were accessed, of the 50 exact ones 5:
        // 50 x 9/10 + 50 x 5/50 = 45 + 5 pages. A common denominator would say 100 x 14/60 = 23.
        DamonRegion region = Concluded(
            nrAccesses: 0,
            new SampleTally { Exact = 50, ExactAccessed = 5, AwaitsSweep = 50 },
            new AccessedShare(Samples: 10, Accessed: 0.9, Variance: 0));

        Assert.Equal(50, region.Estimate.Touched / Run.Page, 9);
        Assert.Equal(0, region.Estimate.Unknown);
        Assert.Equal(10u, region.NrAccesses);
    }

    [Fact]
    public void PagesNothingMakesOld_AreUnknownAndNotCold()
    {
        // A quarter of the samples fell on them; of the rest two thirds were accessed: 75 x 2/3 = 50 pages, 25 unknown, 20 x 2/3 = 13 accesses.
        DamonRegion region = Concluded(nrAccesses: 10, new SampleTally { Exact = 15, ExactAccessed = 10, Unclearable = 5 });

        Assert.Equal(50, region.Estimate.Touched / Run.Page, 9);
        Assert.Equal(25, region.Estimate.Unknown / Run.Page, 9);
        Assert.Equal(13u, region.NrAccesses);
        Assert.False(region.IsUnknown);
    }

    [Fact]
    public void NoValidSample_IsUnknown()
    {
        DamonRegion region = Concluded(nrAccesses: 0, new SampleTally { Unclearable = 20 });

        Assert.True(region.IsUnknown);
        Assert.Equal(100, region.Estimate.Unknown / Run.Page, 9);
        Assert.Equal(0u, region.NrAccesses);
        Span<DamonRegion> regions = [region with { Age = 7 }];
        RegionAge.Update(regions, 0);
        Assert.Equal(0u, regions[0].Age);
    }

    [Fact]
    public void SamplesWithoutMemory_AreNotResident()
    {
        // A quarter found no memory: 75 pages, a third of which were accessed.
        DamonRegion region = Concluded(nrAccesses: 0, new SampleTally { Exact = 15, ExactAccessed = 5, NotPresent = 5 });

        Assert.Equal(75, region.Estimate.Resident / Run.Page, 9);
        Assert.Equal(25, region.Estimate.Touched / Run.Page, 9);
    }

    [Fact]
    public void SweptPages_HaveTheErrorOfTheSweep()
    {
        // All 100 pages: 40 were accessed, give or take 100 x 0.05. However many of the window's own samples fell on them: those say nothing.
        foreach (uint samples in new uint[] { 20, 2_000 })
        {
            DamonRegion region = Concluded(0, new SampleTally { AwaitsSweep = samples }, new AccessedShare(10, 0.4, 0.0025));

            Assert.Equal(40, region.Estimate.Touched / Run.Page, 9);
            Assert.Equal(25, region.Estimate.Variance / (Run.Page * Run.Page), 9);
            Assert.Equal(8u, region.NrAccesses);
        }
    }

    [Theory]
    [InlineData(5, 20, 0.25 * 0.75 / 19)]
    [InlineData(0, 20, 0)]
    [InlineData(1, 1, 0.25)]
    public void VarianceOfAShare_IsUnbiased(double k, double n, double variance) =>
        Assert.Equal(variance, RegionEstimation.VarianceOfShare(k, n), 12);

    [Fact]
    public void StandardError_IsNotZeroWithoutAHit() =>
        Assert.Equal(100.0 / 22, Concluded(nrAccesses: 0, new SampleTally { Exact = 20 }).Estimate.StandardError / Run.Page, 9);

    private static DamonRegion Concluded(uint nrAccesses, SampleTally tally, AccessedShare sweep = default)
    {
        var region = new DamonRegion
        {
            End = 100 * Run.Page,
            Populated = 100 * Run.Page,
            NrAccesses = nrAccesses,
            Tally = tally,
        };
        RegionEstimation.Conclude(ref region, 20, sweep);
        return region;
    }
}
