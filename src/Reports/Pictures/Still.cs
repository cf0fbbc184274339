using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Reports.Pictures;

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
    public static bool Heatmap(
        Func<IRecordingReader> open, HeatmapOptions options, bool dark, TextWriter output, CancellationToken cancellation)
    {
        HeatmapExtent extent = HeatmapReport.Measure(open, options, cancellation);
        var grids = HeatmapReport.Fill(open, options with { Columns = Columns, Rows = Rows }, extent, MaxTargets, cancellation);
        if (grids.Count == 0)
        {
            return false;
        }

        TargetMap[] maps = [.. grids.Values.Select(entry => new TargetMap(entry.Target, entry.Grid))];
        HeatmapPicture.Draw(output, extent, extent.BeginNs, extent.EndNs, maps, Theme(dark));
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
