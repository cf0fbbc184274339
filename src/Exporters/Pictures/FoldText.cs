using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Pictures;

/// <summary>What is said of addresses that a heatmap leaves out.</summary>
internal static class FoldText
{
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
