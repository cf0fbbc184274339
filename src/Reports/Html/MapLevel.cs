namespace Damon.Trace.Reports.Html;

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
