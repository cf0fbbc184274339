namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Age: for how many aggregations the access frequency of a region has stayed about the same.</summary>
internal static class RegionAge
{
    /// <summary>
    /// Lets the regions of a finished aggregation grow one older, or young again if nr_accesses changed by more than the threshold, or
    /// from or to 0. The rule for 0 is the newest kernels'; 6.12 does not have it, there an idle region that gets a single access keeps
    /// its age. A region about which nothing is known has none: it must never pass for cold. Done once per aggregation, however many passes the merge needs.
    /// </summary>
    /// <param name="regions">As they were counted, before they are merged.</param>
    /// <param name="threshold">What nr_accesses may change by.</param>
    /// <param name="elapsedNs">How long the aggregation took.</param>
    internal static void Update(Span<DamonRegion> regions, uint threshold, long elapsedNs = 0)
    {
        foreach (ref DamonRegion region in regions)
        {
            bool changed = DamonArithmetic.AbsDiff(region.NrAccesses, region.LastNrAccesses) > threshold
                || (region.NrAccesses == 0) != (region.LastNrAccesses == 0);
            if (changed || region.IsUnknown)
            {
                region.Age = 0;
                region.AgeNs = 0;
            }
            else if (region.Age < uint.MaxValue)
            {
                region.Age++;
                region.AgeNs += elapsedNs;
            }
        }
    }
}
