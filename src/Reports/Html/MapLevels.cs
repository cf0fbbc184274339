using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// How finely a heatmap is aggregated for the page: an overview, and for long recordings a level that zooming in shows. The bands are the
/// same in both. What bounds the page is the number of cells, not the length of the recording.
/// </summary>
internal static class MapLevels
{
    private const int OverviewColumns = 512;
    private const int OverviewRows = 192;
    private const int DetailFactor = 3;

    /// <summary>Beyond so many targets the detail level, and then the finer rows, are given up: the page has to stay small.</summary>
    private const int TargetsWithDetail = 2;
    private const int TargetsWithFineRows = 4;
    private const uint SmallestPage = 4096;

    public static MapLevel[] Create(HeatmapTarget target, int targets, long beginNs, long endNs)
    {
        int rows = targets <= TargetsWithFineRows ? OverviewRows : OverviewRows / 4;
        HeatmapBand[] bands = HeatmapLayout.Divide(target.Drawn.Ranges, rows);
        MapLevel overview = new(bands, OverviewColumns, beginNs, endNs);
        return targets <= TargetsWithDetail && target.Snapshots > OverviewColumns / 2
            ? [overview, new MapLevel(Finer(bands), OverviewColumns * DetailFactor, beginNs, endNs)]
            : [overview];
    }

    /// <summary>The same bands with more rows, but none finer than a page.</summary>
    private static HeatmapBand[] Finer(HeatmapBand[] bands)
    {
        HeatmapBand[] result = new HeatmapBand[bands.Length];
        int firstRow = 0;
        for (int i = 0; i < bands.Length; i++)
        {
            ulong pages = ((bands[i].Size - 1) / SmallestPage) + 1;
            int rows = (int)Math.Min((ulong)(bands[i].Rows * DetailFactor), Math.Max(pages, (ulong)bands[i].Rows));
            result[i] = bands[i] with { FirstRow = firstRow, Rows = rows };
            firstRow += rows;
        }

        return result;
    }
}

/// <summary>The cells of a target's heatmap at one resolution.</summary>
internal sealed class MapLevel(HeatmapBand[] bands, int columns, long beginNs, long endNs)
{
    public HeatmapBand[] Bands => bands;

    public int Columns => columns;

    /// <summary>
    /// Share of samples found accessed, or accesses per aggregation where the number of checks is unknown; and the frequency, which is not
    /// the share times a constant, for the sampling interval may change.
    /// </summary>
    public HeatmapGrid Heat { get; } = new(bands, columns, beginNs, endNs);

    /// <summary>Age of the regions in seconds, as heat.</summary>
    public HeatmapGrid Age { get; } = new(bands, columns, beginNs, endNs);
}
