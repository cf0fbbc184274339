namespace Damon.Trace.Reports;

/// <summary>Divides what happened over time into a bounded number of rows.</summary>
internal static class TimeStretches
{
    /// <summary>
    /// Runs of points that fall into equal stretches of time, at most <paramref name="rows"/>, none empty; each point alone where there are
    /// no more points than rows.
    /// </summary>
    public static IEnumerable<(int First, int Count)> Divide<T>(IReadOnlyList<T> points, Func<T, long> timeNs, int rows)
    {
        if (points.Count == 0)
        {
            yield break;
        }

        long begin = timeNs(points[0]);
        Int128 length = (Int128)(timeNs(points[^1]) - begin) + 1;
        bool each = points.Count <= rows;
        int first = 0;
        for (int i = 1; i <= points.Count; i++)
        {
            if (i == points.Count || each || RowOf(points[i]) != RowOf(points[first]))
            {
                yield return (first, i - first);
                first = i;
            }
        }

        int RowOf(T point) => (int)((Int128)(timeNs(point) - begin) * rows / length);
    }
}
