using System.Diagnostics;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>What is true of the regions of a target after every step; checked in debug builds only.</summary>
internal static class RegionInvariants
{
    /// <summary>Asserts that regions are non-empty, aligned, sorted and disjoint.</summary>
    [Conditional("DEBUG")]
    internal static void Check(ReadOnlySpan<DamonRegion> regions, ulong alignment)
    {
        ulong end = 0;
        foreach (ref readonly DamonRegion region in regions)
        {
            Debug.Assert(region.Start < region.End, "A region is not empty.");
            Debug.Assert(region.Start >= end, "Regions are sorted and disjoint.");
            Debug.Assert(DamonArithmetic.AlignDown(region.Start, alignment) == region.Start, "A region starts aligned.");
            Debug.Assert(DamonArithmetic.AlignDown(region.End, alignment) == region.End, "A region ends aligned.");
            end = region.End;
        }
    }

    /// <summary>Asserts that a step kept the total size.</summary>
    [Conditional("DEBUG")]
    internal static void CheckSizeKept(ulong before, ulong after) => Debug.Assert(before == after, "Merge and split keep the total size.");
}
