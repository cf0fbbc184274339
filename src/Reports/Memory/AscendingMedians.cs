namespace Damon.Trace.Reports.Memory;

/// <summary>
/// Medians of working sets over longer and longer times. In one look they ascend; not every look knows every time, so the medians of
/// different looks need not. Where they do not, the looks of both times are pooled (isotonic regression by pooling adjacent violators;
/// Ayer, Brunk, Ewing, Reid, Silverman 1955): the median of two sets together lies between theirs.
/// </summary>
internal static class AscendingMedians
{
    /// <summary>The median of each set, none smaller than the one before. n log n in the number of points for each pooling.</summary>
    /// <param name="sets">By ascending time, none empty.</param>
    public static MemoryPoint[] Of(IReadOnlyList<IReadOnlyCollection<MemoryPoint>> sets)
    {
        List<Pool> pools = [];
        foreach (IReadOnlyCollection<MemoryPoint> set in sets)
        {
            Pool pool = new([.. set], 1, MemoryPoint.Median(set));
            while (pools.Count > 0 && pools[^1].Median.Pages > pool.Median.Pages)
            {
                MemoryPoint[] points = [.. pools[^1].Points, .. pool.Points];
                pool = new Pool(points, pools[^1].NrSets + pool.NrSets, MemoryPoint.Median(points));
                pools.RemoveAt(pools.Count - 1);
            }

            pools.Add(pool);
        }

        return [.. pools.SelectMany(pool => Enumerable.Repeat(pool.Median, pool.NrSets))];
    }

    private readonly record struct Pool(MemoryPoint[] Points, int NrSets, MemoryPoint Median);
}
