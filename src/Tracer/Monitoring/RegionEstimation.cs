namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Turns the samples of one region into estimates for its memory, at the end of an aggregation and before regions are merged.</summary>
internal static class RegionEstimation
{
    /// <summary>
    /// Concludes an aggregation for one region.
    /// <para>
    /// The samples are uniform over the region's memory. With e, s and u the shares of samples that fell on pages made old one by one, by a
    /// sweep, or by nothing, touched = resident x (e x accessed/valid of the first kind + s x accessed/valid of the second); a kind without valid samples is
    /// unknown. Each kind's share has its own denominator: samples of the first are valid in every window, the second is known from the followed
    /// pages of the latest sweep: what was accessed within the 100 ms and more after it, and how sure that is, until the next one.
    /// </para>
    /// nr_accesses stays as it was counted when all samples were valid and of the first kind: then it is the kernel's, bit for bit. Otherwise it is the
    /// share accessed of what is known, in samples.
    /// </summary>
    /// <param name="region">Receives <see cref="DamonRegion.Estimate"/> and, where samples were not valid, nr_accesses.</param>
    /// <param name="nrSamples">Checks made in the aggregation.</param>
    /// <param name="sweep">What the latest sweep said of the region.</param>
    internal static void Conclude(ref DamonRegion region, uint nrSamples, in AccessedShare sweep)
    {
        ref readonly SampleTally tally = ref region.Tally;
        region.WindowSamples = tally.Exact;
        region.WindowAccessed = tally.ExactAccessed;
        double exact = (double)tally.Exact + tally.Unprepared;
        double swept = tally.AwaitsSweep;
        double present = exact + swept + tally.Unclearable;
        double drawn = present + tally.NotPresent;
        double resident = drawn > 0 ? region.Populated * (present / drawn) : region.Populated;
        if (present == 0)
        {
            region.Estimate = new RegionEstimate { Resident = resident, Unknown = resident };
            ForgetUnlessCounted(ref region, tally);
            return;
        }

        double unknown = tally.Unclearable / present;
        double touched = 0;
        double variance = 0;
        AddKind(exact / present, ShareOf(tally.ExactAccessed, tally.Exact), ref touched, ref unknown, ref variance);
        AddKind(swept / present, sweep, ref touched, ref unknown, ref variance);
        region.Estimate = new RegionEstimate
        {
            Resident = resident,
            Unknown = resident * unknown,
            Touched = resident * touched,
            Variance = resident * resident * variance,
            Samples = tally.Exact + (swept > 0 ? sweep.Samples : 0),
        };
        if (tally.IsMixed)
        {
            region.NrAccesses = unknown >= 1 ? 0 : (uint)Math.Round(touched / (1 - unknown) * nrSamples);
        }
    }

    /// <summary>
    /// Variance of a share of which k of n independent samples say yes: p (1 - p) / (n - 1) is its unbiased estimate; of one sample nothing is known but
    /// that p (1 - p) is 1/4 at most.
    /// </summary>
    internal static double VarianceOfShare(double k, double n) => n > 1 ? k / n * (1 - (k / n)) / (n - 1) : 0.25;

    private static AccessedShare ShareOf(double accessed, double samples) =>
        samples > 0 ? new AccessedShare(samples, accessed / samples, VarianceOfShare(accessed, samples)) : default;

    private static void AddKind(double weight, in AccessedShare share, ref double touched, ref double unknown, ref double variance)
    {
        if (weight == 0)
        {
            return;
        }

        if (share.Samples == 0)
        {
            unknown += weight;
            return;
        }

        touched += weight * share.Accessed;
        variance += weight * weight * share.Variance;
    }

    // No sample fell on memory. Where none was tried at all, the region is new and what it inherited stays.
    private static void ForgetUnlessCounted(ref DamonRegion region, in SampleTally tally)
    {
        if (tally.NotPresent > 0)
        {
            region.NrAccesses = 0;
        }
    }
}
