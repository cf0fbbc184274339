using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Footprints;

/// <summary>What memory a process holds (virtual, resident, proportional, swapped out) next to what it accesses.</summary>
public static class FootprintsReport
{
    /// <summary>Reads the recording once; eight bytes a snapshot and about a hundred a second.</summary>
    public static FootprintsResult Compute(Func<IRecordingReader> open, FootprintsOptions options, CancellationToken cancellation = default)
    {
        FootprintsPass pass = ReportRun.Read(open, new FootprintsPass(options), cancellation);
        return new FootprintsResult
        {
            Recording = pass.Facts,
            Targets = [.. pass.Targets.Where(target => target.Readings.Count > 0).Select(target => Describe(pass, target, options))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, FootprintsOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.FootprintsResult, FootprintsTable.Write,
            (result, text) => FootprintsText.Write(result, options, text), output, options.TextColumns);

    private static FootprintsTarget Describe(FootprintsPass pass, FootprintsSeries series, FootprintsOptions options)
    {
        TargetDescription? target = pass.Catalog.Find(series.TargetId);
        return new FootprintsTarget
        {
            TargetId = series.TargetId,
            Pid = target?.Pid,
            Comm = target?.Comm,
            Memory = pass.Idle.Describe(series.TargetId),
            Readings = series.Readings.Count,
            Snapshots = series.Wss.Count,
            Percentiles = [.. options.Percentiles.Select(percentile => new FootprintsPercentile(
                percentile, series.Vsz.Percentile(percentile), series.Rss.Percentile(percentile), series.Pss.Percentile(percentile),
                series.Swap.Percentile(percentile), series.Wss.Percentile(percentile)))],
            OverTime = options.OverTime ? [.. series.Readings.Select(reading => Point(pass.Facts, reading.Footprint, reading.WssBytes))] : null,
        };
    }

    private static FootprintsPoint Point(RecordingFacts facts, in Footprint footprint, ulong? wssBytes) => new(
        (long)footprint.TimeNs, facts.WallOf((long)footprint.TimeNs), FootprintsSeries.Known(footprint.VszBytes),
        FootprintsSeries.Known(footprint.RssBytes), FootprintsSeries.Known(footprint.PssBytes),
        FootprintsSeries.Known(footprint.SwapBytes), wssBytes);
}

/// <summary>How footprints are shown.</summary>
public sealed record FootprintsOptions : ReportSelection
{
    /// <summary>Every reading in order of time instead of percentiles.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];
}
