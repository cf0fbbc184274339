namespace Damon.Trace.Reports.Heatmap;

/// <summary>Decides which addresses get rows. Accessed memory does; wide gaps without any access are left out.</summary>
public static class HeatmapLayout
{
    private const int MaxBands = 12;

    /// <summary>A gap is drawn while it takes no more than so many rows.</summary>
    private const int RowsWorthAGap = 2;

    /// <summary>Rows finer than a page would show nothing more.</summary>
    private const uint SmallestPage = 4096;

    /// <param name="accessed">Ranges with any access; where there is none, all that was monitored.</param>
    /// <param name="rows">Rows to give away; every band gets at least one.</param>
    public static HeatmapBand[] Divide(IReadOnlyList<(ulong Start, ulong End)> accessed, int rows)
    {
        if (accessed.Count == 0)
        {
            return [];
        }

        List<(ulong Start, ulong End)> bands = Cut(accessed, rows);
        return GiveRows(bands, Math.Max(rows, bands.Count));
    }

    private static List<(ulong Start, ulong End)> Cut(IReadOnlyList<(ulong Start, ulong End)> ranges, int rows)
    {
        List<(ulong Size, int Before)> gaps = [];
        for (int i = 1; i < ranges.Count; i++)
        {
            gaps.Add((ranges[i].Start - ranges[i - 1].End, i));
        }

        gaps.Sort((a, b) => b.Size.CompareTo(a.Size));
        ulong span = ranges[^1].End - ranges[0].Start;
        SortedSet<int> cuts = [];
        foreach ((ulong size, int before) in gaps)
        {
            // Each cut makes the rows of the rest finer, so that the next gap may be worth a cut too.
            if (cuts.Count + 1 >= Math.Min(MaxBands, rows) || (UInt128)size * (uint)rows <= (UInt128)span * RowsWorthAGap)
            {
                break;
            }

            cuts.Add(before);
            span -= size;
        }

        List<(ulong Start, ulong End)> bands = [];
        int first = 0;
        foreach (int cut in cuts.Append(ranges.Count))
        {
            bands.Add((ranges[first].Start, ranges[cut - 1].End));
            first = cut;
        }

        return bands;
    }

    private static HeatmapBand[] GiveRows(List<(ulong Start, ulong End)> bands, int rows)
    {
        UInt128 total = 0;
        foreach ((ulong start, ulong end) in bands)
        {
            total += end - start;
        }

        HeatmapBand[] result = new HeatmapBand[bands.Count];
        int spare = rows - bands.Count;
        UInt128 before = 0;
        int dealt = 0;
        int firstRow = 0;
        for (int i = 0; i < bands.Count; i++)
        {
            // One row each, the spare ones by size; cumulative rounding deals out exactly all of them.
            ulong size = bands[i].End - bands[i].Start;
            before += size;
            int upTo = (int)(before * (uint)spare / total) + i + 1;
            int rowsOfBand = (int)Math.Min((ulong)(upTo - dealt), ((size - 1) / SmallestPage) + 1);
            result[i] = new HeatmapBand(bands[i].Start, bands[i].End, firstRow, rowsOfBand);
            firstRow += rowsOfBand;
            dealt = upTo;
        }

        return result;
    }
}
