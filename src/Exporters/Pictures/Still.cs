using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;
using Damon.Trace.Exporters.Reports.Wss;

namespace Damon.Trace.Exporters.Pictures;

/// <summary>Pictures for documents, as SVG.</summary>
public static class Still
{
    // A cell of 4.4 x 4 px: fine enough for a page, and the file stays small.
    private const int Columns = 192;
    private const int Rows = 96;

    /// <summary>Targets beyond this make no page; choose one.</summary>
    private const int MaxTargets = 8;

    /// <summary>Draws the heatmap. Reads the recording twice; memory does not depend on its length.</summary>
    /// <returns>False when there is nothing to draw; then nothing is written.</returns>
    public static bool Heatmap(Func<IRecordingReader> open, HeatmapOptions options, bool dark, TextWriter output, CancellationToken cancellation)
    {
        HeatmapExtent extent = ReportRun.Read(open, new HeatmapExtent(options), cancellation);
        (long beginNs, long endNs) = (extent.BeginNs, extent.EndNs);
        if (extent.Targets.Count == 0 || endNs <= beginNs)
        {
            return false;
        }

        List<TargetMap> maps = [.. extent.Targets.Take(MaxTargets).Select(target => new TargetMap(target, new HeatmapGrid(
            HeatmapLayout.Divide((options.AllAddresses ? target.Monitored : target.Drawn).Ranges, Rows), Columns, beginNs, endNs)))];
        ReportRun.Read(open, new HeatmapFill(options, maps.ToDictionary(map => map.Target.Key, map => (map.Target, map.Grid))), cancellation);
        HeatmapPicture.Draw(output, extent, beginNs, endNs, maps, Theme(dark));
        return true;
    }

    /// <summary>Draws working set size and footprint over time, every snapshot and target for itself. Reads the recording once.</summary>
    /// <returns>False when there is nothing to draw; then nothing is written.</returns>
    public static bool Wss(Func<IRecordingReader> open, WssOptions options, bool dark, TextWriter output, CancellationToken cancellation)
    {
        MemoryTimes times = ReportRun.Read(open, new MemoryTimes(options, options.AccessThreshold), cancellation);
        TargetKey[] targets = [.. times.Targets.Keys.Take(MaxTargets)];
        if (targets.Length == 0)
        {
            return false;
        }

        WssPicture.Draw(output, times.Catalog, times, targets, Theme(dark));
        return true;
    }

    private static PictureTheme Theme(bool dark) => dark ? PictureTheme.Dark : PictureTheme.Light;
}
