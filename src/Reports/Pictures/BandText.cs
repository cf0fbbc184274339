using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Pictures;

/// <summary>What is said of the bands of a heatmap, and of the addresses between them that it leaves out.</summary>
internal static class BandText
{
    /// <summary>Size and name of a band.</summary>
    public static string Of(TargetCatalog catalog, TargetKey key, HeatmapBand band) =>
        $"{ReportText.Size(band.Size)}  {catalog.NameOf(key.TargetId, band.Start, band.End)}".TrimEnd();

    /// <summary>Between two bands.</summary>
    public static string Between(HeatmapTarget target, ulong from, ulong to)
    {
        ulong monitored = target.Monitored.BytesIn(from, to);
        return monitored > 0
            ? $"{ReportText.Size(monitored)} monitored, never accessed"
            : $"{ReportText.Size(to - from)} not monitored";
    }

    /// <summary>All that was monitored and has no band.</summary>
    public static ulong BytesOutside(HeatmapTarget target, IEnumerable<HeatmapBand> bands)
    {
        ulong bytes = target.Monitored.BytesIn(0, ulong.MaxValue);
        foreach (HeatmapBand band in bands)
        {
            bytes -= target.Monitored.BytesIn(band.Start, band.End);
        }

        return bytes;
    }
}
