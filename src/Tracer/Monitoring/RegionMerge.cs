namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Merging of adjacent regions that are accessed alike.</summary>
internal static class RegionMerge
{
    /// <summary>
    /// One pass from left to right, compacting in place. A region joins the one before it if they touch, their nr_accesses differ by the
    /// threshold at most and together they are not larger than the limit. The comparison uses the left one's already merged value. What is
    /// unknown joins only what is unknown, too; with a check that sees everything nothing is.
    /// </summary>
    internal static void Pass(RegionArray array, uint threshold, ulong sizeLimit)
    {
        Span<DamonRegion> regions = array.AsSpan();
        if (regions.IsEmpty)
        {
            return;
        }

        int last = 0;
        for (int i = 1; i < regions.Length; i++)
        {
            ref DamonRegion left = ref regions[last];
            ref readonly DamonRegion right = ref regions[i];
            if (left.End == right.Start
                && left.IsUnknown == right.IsUnknown
                && DamonArithmetic.AbsDiff(left.NrAccesses, right.NrAccesses) <= threshold
                && left.Size + right.Size <= sizeLimit)
            {
                Join(ref left, right);
            }
            else
            {
                regions[++last] = right;
            }
        }

        array.Truncate(last + 1);
    }

    /// <summary>The threshold of the next pass while there are too many regions: doubled, 0 becomes 1, at most the largest nr_accesses.</summary>
    internal static uint NextThreshold(uint threshold, uint maxNrAccesses) =>
        (uint)Math.Min(Math.Max(1, threshold * 2UL), maxNrAccesses);

    private static void Join(ref DamonRegion left, in DamonRegion right)
    {
        left.NrAccesses = DamonArithmetic.WeightedAverage(left.NrAccesses, left.Size, right.NrAccesses, right.Size);
        left.Age = DamonArithmetic.WeightedAverage(left.Age, left.Size, right.Age, right.Size);
        left.AgeNs = DamonArithmetic.WeightedAverage(left.AgeNs, left.Size, right.AgeNs, right.Size);
        left.Estimate.Add(right.Estimate);
        left.WindowSamples += right.WindowSamples;
        left.WindowAccessed += right.WindowAccessed;
        left.End = right.End;
    }
}
