using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Times;

/// <summary>When did memory match an access pattern: at which times was a range hot, was anything idle for a minute, ...</summary>
public static class TimesReport
{
    private const int LineColumns = 79;

    /// <summary>Reads the recording once; 40 bytes for each stretch of time found.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or the pattern needs intervals nobody knows.</exception>
    public static TimesResult Compute(Func<IRecordingReader> open, TimesOptions options, CancellationToken cancellation = default)
    {
        TimesPass pass = ReportRun.Read(open, new TimesPass(options), cancellation);
        RecordingFacts facts = pass.Facts;
        return new TimesResult
        {
            Recording = facts,
            Pattern = pass.Pattern.Describe(),
            Targets = [.. pass.Targets.All.Select(target => new TimesTarget
            {
                Target = target.Target,
                Snapshots = target.Value.Snapshots,
                MatchingSnapshots = target.Value.Matching,
                Intervals = [.. target.Value.Stretches.Select(stretch => Describe(stretch, facts))],
            })],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, TimesOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.TimesResult, WriteTable,
            (result, text) => WriteText(result, options, text), output, options.TextColumns);

    private static TimesInterval Describe(TimesPass.Stretch stretch, RecordingFacts facts) => new()
    {
        BeginNs = stretch.BeginNs,
        EndNs = stretch.EndNs,
        WallBeginNs = facts.WallOf(stretch.BeginNs),
        WallEndNs = facts.WallOf(stretch.EndNs),
        Snapshots = stretch.Snapshots,
        MeanBytes = stretch.SumBytes / stretch.Snapshots,
        MaxBytes = stretch.MaxBytes,
    };

    private static void WriteTable(TimesResult result, CsvTable table)
    {
        table.Header(
            "kdamond_tid", "target_id", "pid", "begin_ns", "end_ns", "wall_begin_ns", "wall_end_ns", "snapshots", "mean_bytes", "max_bytes");
        foreach (TimesTarget target in result.Targets)
        {
            foreach (TimesInterval interval in target.Intervals)
            {
                table.Row(
                    target.Target.KdamondTid, target.Target.TargetId, target.Target.Pid, interval.BeginNs, interval.EndNs,
                    interval.WallBeginNs, interval.WallEndNs, interval.Snapshots, interval.MeanBytes, interval.MaxBytes);
            }
        }
    }

    private static void WriteText(TimesResult result, TimesOptions options, TextWriter output)
    {
        string pattern = $"times with regions of {result.Pattern}";
        output.WriteLine(pattern.Length <= LineColumns ? pattern : pattern.Replace(" of ", " of" + output.NewLine + "  ", StringComparison.Ordinal)
            .Replace(", ", "," + output.NewLine + "  ", StringComparison.Ordinal));
        ReportTime time = new(result.Recording, options.WallTime);
        foreach (TimesTarget target in result.Targets)
        {
            output.WriteLine();
            output.WriteLine(ReportText.Invariant(
                $"{target.Target.Describe()}, {target.MatchingSnapshots} of {target.Snapshots} snapshots"));
            if (target.Intervals.Count == 0)
            {
                output.WriteLine("  never");
                continue;
            }

            output.WriteLine($"  {time.Unit}");
            output.WriteLine($"  {"from",12} {"until",12} {"for",10}  {"mean size",13} {"at most",13}");
            foreach (TimesInterval interval in target.Intervals)
            {
                string length = ReportText.Seconds((interval.EndNs - interval.BeginNs) / 1e9);
                output.WriteLine($"  {time.Short(interval.BeginNs),12} {time.Short(interval.EndNs),12} {length,10}  "
                    + $"{ReportText.Size(interval.MeanBytes),13} {ReportText.Size(interval.MaxBytes),13}");
            }
        }

        output.WriteLine();
        result.Recording.WriteEnd(output);
    }
}

/// <summary>The access pattern that is looked for. A region matches when it is inside all bounds; bounds are inclusive.</summary>
public sealed record TimesOptions : ReportSelection
{
    /// <summary>Only this address on; of a region that begins before only the rest counts.</summary>
    public ulong? FromAddress { get; init; }

    /// <summary>Only up to this address.</summary>
    public ulong? ToAddress { get; init; }

    /// <summary>Mean frequency of a region, in Hz.</summary>
    public double? MinHz { get; init; }

    /// <summary>Mean frequency of a region, in Hz.</summary>
    public double? MaxHz { get; init; }

    /// <summary>Samples found accessed per aggregation.</summary>
    public uint? MinNrAccesses { get; init; }

    /// <summary>Samples found accessed per aggregation.</summary>
    public uint? MaxNrAccesses { get; init; }

    /// <summary>In microseconds.</summary>
    public ulong? MinAgeUs { get; init; }

    /// <summary>In microseconds.</summary>
    public ulong? MaxAgeUs { get; init; }

    /// <summary>Size of a region in bytes.</summary>
    public ulong? MinSizeBytes { get; init; }

    /// <summary>Size of a region in bytes.</summary>
    public ulong? MaxSizeBytes { get; init; }

    /// <summary>Any access counts when no bound is given: "when was it accessed".</summary>
    internal bool HasPattern => MinHz is not null || MaxHz is not null || MinNrAccesses is not null || MaxNrAccesses is not null
        || MinAgeUs is not null || MaxAgeUs is not null || MinSizeBytes is not null || MaxSizeBytes is not null;
}
