using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>
/// Time from left to right, addresses from top to bottom, heat as a digit: the share of samples that found it accessed, a mean over the
/// area and time of each cell, with the Hz it stands for in the legend. The share and not the Hz is drawn, because what can be seen at most is
/// 1 / sampling interval: memory that is always in use would seem to cool down whenever a CPU budget stretches that interval. Ages are not used: filling the past from them counts the same accesses again for every snapshot.
/// </summary>
public static class HeatmapReport
{
    /// <summary>Each target costs a grid; a recording with more of them has to be looked at by target.</summary>
    private const int MaxTargets = 32;

    /// <summary>Reads the recording twice; memory does not depend on its length.</summary>
    public static void Write(Func<IRecordingReader> open, HeatmapOptions options, TextWriter output, CancellationToken cancellation)
    {
        HeatmapExtent extent = new(options);
        Pass(open, extent, cancellation);
        if (extent.Targets.Count == 0)
        {
            output.WriteLine("heatmap: the recording has no snapshots" + (options.TargetId is { } id ? $" of target {id}" : ""));
            WriteEnd(extent, output);
            return;
        }

        long beginNs = extent.FirstNs + (options.FromNs ?? 0);
        long endNs = options.ToNs is { } to ? Math.Min(extent.FirstNs + to, extent.LastNs) : extent.LastNs;
        if (endNs <= beginNs)
        {
            output.WriteLine("heatmap: nothing was recorded in the time range");
            return;
        }

        Dictionary<TargetKey, (HeatmapTarget Target, HeatmapGrid Grid)> grids = [];
        foreach (HeatmapTarget target in extent.Targets.Take(MaxTargets))
        {
            HeatmapBand[] bands = HeatmapLayout.Divide(target.Drawn.Ranges, options.Rows);
            grids[target.Key] = (target, new HeatmapGrid(bands, options.Columns, beginNs, endNs));
        }

        Pass(open, new HeatmapFill(options, grids), cancellation);
        HeatmapCanvas canvas = new(options, extent, beginNs, endNs, output);
        foreach ((HeatmapTarget target, HeatmapGrid grid) in grids.Values)
        {
            canvas.Draw(target, grid);
        }

        if (extent.Targets.Count > MaxTargets)
        {
            output.WriteLine(ReportText.Invariant(
                $"{extent.Targets.Count - MaxTargets} more targets are not shown; choose one with --target"));
        }

        WriteEnd(extent, output);
    }

    private static void Pass(Func<IRecordingReader> open, IRecordingSink sink, CancellationToken cancellation)
    {
        IRecordingReader reader = open();
        using IDisposable? owned = reader as IDisposable;
        reader.Read(sink, cancellation);
    }

    private static void WriteEnd(HeatmapExtent extent, TextWriter output)
    {
        if (extent.End is not { } end)
        {
            return;
        }

        output.WriteLine(ReportText.Invariant(
            $"{end.Snapshots} snapshots, {end.IncompleteSnapshots} incomplete, {end.LostEvents} events lost"));
        if (end.Truncation is { } truncation)
        {
            output.WriteLine($"the recording breaks off: {truncation}");
        }
    }
}
