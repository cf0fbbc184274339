namespace Damon.Trace.Reports.Compare;

/// <summary>How much of the accessed memory is the same in both: bytes in both over bytes in any (Jaccard index).</summary>
/// <param name="Of"><c>touched pages</c> of two exact snapshots, or <c>hot ranges</c>: regions with nr_accesses > 0. By name: that of the mapping.</param>
/// <param name="BothBytes">Accessed in both.</param>
/// <param name="AnyBytes">Accessed in one of them or both.</param>
internal sealed record CompareOverlap(string Of, ulong BothBytes, ulong AnyBytes)
{
    /// <summary>0 to 100; null where nothing was accessed.</summary>
    public double? Percent => AnyBytes == 0 ? null : 100.0 * BothBytes / AnyBytes;

    public static CompareOverlap Between(string of, RangeSet a, RangeSet b)
    {
        ulong both = 0;
        ulong any = 0;
        foreach ((ulong start, ulong end) in a.Ranges)
        {
            both += b.BytesIn(start, end);
            any += end - start;
        }

        foreach ((ulong start, ulong end) in b.Except(a))
        {
            any += end - start;
        }

        return new CompareOverlap(of, both, any);
    }
}
