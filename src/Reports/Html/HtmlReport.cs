using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// One self-contained page about a recording: heatmap, working set and footprint over time, hot and cold ranges, and what must be known
/// or doubted. It opens without network, and fast however long the recording is, because everything in it is aggregated here.
/// </summary>
public static class HtmlReport
{
    /// <summary>Each target costs grids; a recording with more of them has to be looked at by target.</summary>
    private const int MaxTargets = 16;

    /// <summary>Whether pages can be interactive: false when this was built without npm.</summary>
    public static bool HasCharts => PageScript.Charts is not null;

    /// <summary>Reads the recording twice, with accesses three times; memory does not depend on its length but for 24 bytes a snapshot.</summary>
    /// <returns>False when the recording has no snapshots; then nothing is written.</returns>
    public static bool Write(Func<IRecordingReader> open, HtmlOptions options, TextWriter output, CancellationToken cancellation)
    {
        RecordingOverview overview = ReportRun.Read(open, new RecordingOverview(options), cancellation);
        HeatmapExtent extent = overview.Extent;
        if (extent.Targets.Count == 0 || overview.EndNs <= overview.BeginNs)
        {
            return false;
        }

        IReadOnlyDictionary<TargetKey, LastSnapshots.Entry> entries = overview.Last.Entries;
        TargetReport[] targets = [.. extent.Targets.Take(MaxTargets).Select(target =>
        {
            MapLevel[] levels = MapLevels.Create(target, Math.Min(extent.Targets.Count, MaxTargets), overview.BeginNs, overview.EndNs);
            RangeHeat[] ranges = entries.TryGetValue(target.Key, out LastSnapshots.Entry? last) ? RegionsReport.ToRanges(last) : [];
            var names = new RowNames(levels[^1].Bands, overview.BeginNs, overview.EndNs);
            WriteMap? writes = overview.HasAccesses ? new WriteMap(levels[0].Bands, overview.BeginNs, overview.EndNs) : null;
            return new TargetReport(target, levels, overview.Times.Targets[target.Key], ranges, names, writes);
        })];
        ReportRun.Read(open, new SinkGroup([.. Fills(options, overview, targets)]), cancellation);
        AccessesPass? accesses = overview.HasAccesses ? ReadAccesses(open, options, targets, cancellation) : null;
        new Page(overview, targets, accesses, options.StaticOnly ? null : PageScript.Charts).Write(output);
        return true;
    }

    /// <summary>Once the heat of all ranges is known: which of them are hot.</summary>
    private static AccessesPass ReadAccesses(Func<IRecordingReader> open, HtmlOptions options, TargetReport[] targets, CancellationToken cancellation)
    {
        Dictionary<ulong, IReadOnlyList<(ulong Start, ulong End)>> ranges = targets.GroupBy(static target => target.Key.TargetId)
            .ToDictionary(static group => group.Key, static group => AccessPanel.RangesOf(group.First()));
        return ReportRun.Read(open, new AccessesPass(options, id => ranges.GetValueOrDefault(id, [])), cancellation);
    }

    private static IEnumerable<IRecordingSink> Fills(HtmlOptions options, RecordingOverview overview, TargetReport[] targets)
    {
        HeatmapOptions heatmap = options.Select(new HeatmapOptions());
        for (int level = 0; level < targets.Max(target => target.Levels.Length); level++)
        {
            yield return new HeatmapFill(heatmap, targets.Where(target => target.Levels.Length > level)
                .ToDictionary(target => target.Key, target => (target.Target, target.Levels[level].Heat)));
        }

        yield return new AgeFill(options, targets.ToDictionary(target => target.Key, target => target.Levels));
        yield return new NamesFill(options, targets.ToDictionary(target => target.Key, target => target.Names));
        if (overview.HasAccesses)
        {
            yield return new WritesFill(options, targets.ToDictionary(static target => target.Key, static target => target.Writes!));
        }

        yield return new RangeHeatSum(
            options.Select(new RegionsOptions()),
            targets.ToDictionary(target => target.Key, target => target.Ranges),
            overview.Last.Entries.Where(entry => entry.Value.HzKnown).Select(entry => entry.Key).ToHashSet());
    }
}

/// <summary>What an HTML report is about.</summary>
public sealed record HtmlOptions : ReportSelection
{
    /// <summary>Leave the interactive charts out, as a build without npm does.</summary>
    public bool StaticOnly { get; init; }

    /// <summary>The options of a part of the page: the same selection.</summary>
    internal T Select<T>(T options)
        where T : ReportSelection => options with
        {
            TargetId = TargetId,
            FromNs = FromNs,
            ToNs = ToNs,
            FromWallNs = FromWallNs,
            ToWallNs = ToWallNs,
            Known = Known,
        };
}
