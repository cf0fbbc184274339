using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>
/// Working set size, twice: by damo's rule, per snapshot the sum of the sizes of the regions that were accessed, so that the same text
/// gives the same numbers; and estimated without bias, where the recording has what that takes. Incomplete snapshots are left out, for
/// their sum would be too small, and counted.
/// </summary>
public static class WssReport
{
    /// <summary>Reads the recording once; twice when the length of the first work time has to be inferred.</summary>
    /// <exception cref="RecordingFormatException">The input is not a recording, or has not what the options need.</exception>
    public static WssResult Compute(Func<IRecordingReader> open, WssOptions options, CancellationToken cancellation = default)
    {
        MeanIntervals? intervals = options is { WorkTimeUs: > 1, SkipSnapshots: 0 }
            ? ReportRun.Read(open, new MeanIntervals(), cancellation)
            : null;
        WssPass pass = ReportRun.Read(open, new WssPass(options, intervals), cancellation);
        if (pass.Skipped > 0 && pass.Targets.All.All(static target => target.Value.Sizes.Count == 0))
        {
            throw new RecordingFormatException($"no snapshot is left of {pass.Skipped}; hint: --skip a smaller number, or record for longer");
        }

        RecordingFacts facts = pass.Facts;
        return new WssResult
        {
            Recording = facts,
            ThresholdNrAccesses = options.AccessThreshold,
            WorkTimeUs = options.WorkTimeUs,
            SkippedSnapshots = pass.Skipped,
            LeftOutIncompleteSnapshots = pass.Incomplete,
            Targets = options.Together
                ? [Describe(null, Together([.. pass.Targets.All.Select(target => target.Value)], options.OverTime), null, options, facts)]
                : [.. pass.Targets.All.Select(target =>
                    Describe(target.Target, target.Value, pass.Idle.Find(target.Target.TargetId), options, facts))],
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, WssOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.WssResult, WssTable.Write,
            (result, text) => WssText.Write(result, options, text), output, options.TextColumns);

    private static WssTarget Describe(
        TargetIdentity? target, WssSeries series, IdleSeries? idle, WssOptions options, RecordingFacts facts)
    {
        return new WssTarget
        {
            Target = target,
            WorkingSets = series.Sizes.Count,
            MeanBytes = series.Sizes.Mean,
            Percentiles = series.Sizes.Count == 0
                ? []
                : [.. options.Percentiles.Select(percentile => new WssPercentile(percentile, series.Sizes.Percentile(percentile)!.Value))],
            Estimate = series.Estimate(),
            Within = [.. idle?.Within() ?? []],
            WithinWorkTime = options.WorkTimeUs > 1 ? idle?.Within(options.WorkTimeUs / 1e6) : null,
            OverTime = options.OverTime
                ? [.. series.Points.Select(point => new WssPoint(point.EndNs, facts.WallOf(point.EndNs), point.Bytes))]
                : null,
        };
    }

    /// <summary>
    /// The sum of the n-th of all targets, as damo has it: in order of time when that is asked for, else the n-th smallest.
    /// </summary>
    private static WssSeries Together(IReadOnlyList<WssSeries> targets, bool byTime)
    {
        WssSeries sum = new(keepPoints: byTime);
        int most = targets.Count == 0 ? 0 : targets.Max(target => target.Sizes.Count);
        for (int n = 0; n < most; n++)
        {
            ulong bytes = 0;
            long endNs = 0;
            foreach (WssSeries target in targets.Where(target => n < target.Sizes.Count))
            {
                bytes += byTime ? target.Points[n].Bytes : target.Sizes.Smallest(n);
                endNs = byTime ? Math.Max(endNs, target.Points[n].EndNs) : 0;
            }

            sum.Add(endNs, bytes);
        }

        return sum;
    }
}

/// <summary>How the working set is counted.</summary>
public sealed record WssOptions : ReportSelection
{
    /// <summary>A region belongs to the working set from this nr_accesses on.</summary>
    public uint AccessThreshold { get; init; } = 1;

    /// <summary>First snapshots of each target to leave out. damo leaves out 20, in which regions still adapt.</summary>
    public int SkipSnapshots { get; init; }

    /// <summary>
    /// Length in microseconds of the work one working set is for. Snapshots are joined until they cover it, as damo's --work_time does; 1
    /// takes every snapshot for itself.
    /// </summary>
    public ulong WorkTimeUs { get; init; } = 1;

    /// <summary>All targets as one; else each for itself.</summary>
    public bool Together { get; init; }

    /// <summary>In order of time instead of by size.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];

    /// <summary>Width of the bar in characters.</summary>
    public int BarColumns { get; init; } = 30;
}
