using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.NrRegions;

/// <summary>
/// Distribution of the number of regions: whether the bounds fit, and what a snapshot costs. An incomplete snapshot counts with the number
/// it should have, which every event tells.
/// </summary>
public static class NrRegionsReport
{
    /// <summary>Reads the recording once; eight bytes a snapshot, sixteen more over time.</summary>
    public static NrRegionsResult Compute(Func<IRecordingReader> open, NrRegionsOptions options, CancellationToken cancellation = default)
    {
        NrRegionsPass pass = ReportRun.Read(open, new NrRegionsPass(options), cancellation);
        return new NrRegionsResult
        {
            Recording = pass.Facts,
            SkippedSnapshots = pass.Skipped,
            Targets = [.. pass.Targets.All.Select(target => Describe(target.Target, target.Value, options, pass.Facts))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, NrRegionsOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.NrRegionsResult, WriteTable,
            (result, text) => WriteText(result, options, text), output, options.TextColumns);

    private static NrRegionsTarget Describe(TargetIdentity target, NrRegionsSeries series, NrRegionsOptions options, RecordingFacts facts) =>
        new()
        {
            Target = target,
            Snapshots = series.Numbers.Count,
            MeanNrRegions = series.Numbers.Mean,
            Percentiles = series.Numbers.Count == 0
                ? []
                : [.. options.Percentiles.Select(
                    percentile => new NrRegionsPercentile(percentile, series.Numbers.Percentile(percentile)!.Value))],
            OverTime = options.OverTime
                ? [.. series.Points.Select(point => new NrRegionsPoint(point.EndNs, facts.WallOf(point.EndNs), point.NrRegions))]
                : null,
        };

    private static void WriteTable(NrRegionsResult result, CsvTable table)
    {
        if (result.Targets.Any(target => target.OverTime is not null))
        {
            table.Header("kdamond_tid", "target_id", "pid", "end_ns", "wall_end_ns", "nr_regions");
        }
        else
        {
            table.Header("kdamond_tid", "target_id", "pid", "percentile", "nr_regions");
        }

        foreach (NrRegionsTarget target in result.Targets)
        {
            (int tid, ulong id, int? pid) = (target.Target.KdamondTid, target.Target.TargetId, target.Target.Pid);
            foreach (NrRegionsPoint point in target.OverTime ?? [])
            {
                table.Row(tid, id, pid, point.EndNs, point.WallEndNs, point.NrRegions);
            }

            foreach (NrRegionsPercentile percentile in target.OverTime is null ? target.Percentiles : [])
            {
                table.Row(tid, id, pid, percentile.Percentile, percentile.NrRegions);
            }
        }
    }

    private static void WriteText(NrRegionsResult result, NrRegionsOptions options, TextWriter output)
    {
        output.WriteLine("number of regions, per snapshot");
        foreach (NrRegionsTarget target in result.Targets)
        {
            output.WriteLine();
            output.WriteLine(ReportText.Invariant($"{target.Target.Describe()}, {target.Snapshots} snapshots"));
            if (target.MeanNrRegions is not { } mean)
            {
                output.WriteLine("  no snapshot");
                continue;
            }

            output.WriteLine(ReportText.Invariant($"  mean {mean:F1} regions"));
            WriteNumbers(result, target, options, output);
        }

        output.WriteLine();
        output.WriteLine(ReportText.Invariant($"left out: {result.SkippedSnapshots} snapshots skipped at the start"));
        result.Recording.WriteEnd(output);
    }

    private static void WriteNumbers(NrRegionsResult result, NrRegionsTarget target, NrRegionsOptions options, TextWriter output)
    {
        if (target.OverTime is { } points)
        {
            TimeBars.Write(
                [.. points.Select(point => (point.EndNs, point.NrRegions))], new ReportTime(result.Recording, options.WallTime),
                regions => ReportText.Invariant($"{regions:F1} regions"), options.BarColumns, output);
            return;
        }

        output.WriteLine("  percentile   regions");
        ulong largest = Math.Max(1, target.Percentiles.Max(row => row.NrRegions));
        foreach (NrRegionsPercentile row in target.Percentiles)
        {
            string bar = new string('*', (int)(row.NrRegions * (ulong)options.BarColumns / largest)).PadRight(options.BarColumns);
            output.WriteLine(ReportText.Invariant($"  {row.Percentile,10} {row.NrRegions,9} |{bar}|"));
        }
    }
}

/// <summary>How the numbers of regions are shown.</summary>
public sealed record NrRegionsOptions : ReportSelection
{
    /// <summary>First snapshots of each target to leave out. damo leaves out 20, in which regions still adapt.</summary>
    public int SkipSnapshots { get; init; }

    /// <summary>In order of time instead of by number.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];

    /// <summary>Width of the bar in characters.</summary>
    public int BarColumns { get; init; } = 30;
}
