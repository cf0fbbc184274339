using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Footprints;
using Damon.Trace.Reports.HugePages;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>One screen about a recording: what was monitored and how, what came out, and what must be doubted.</summary>
public static class SummaryReport
{
    /// <summary>Reads the recording once; eight bytes a snapshot.</summary>
    public static SummaryResult Compute(Func<IRecordingReader> open, SummaryOptions options, CancellationToken cancellation = default)
    {
        SummaryPass pass = ReportRun.Read(open, new SummaryPass(options), cancellation);
        Doubt[] doubts = [.. SummaryDoubts.Of(pass.End, pass.Counters, pass.Contexts, pass.Catalog.HasMappings)];
        return new SummaryResult
        {
            Recording = pass.Facts,
            Processes = [.. pass.Catalog.Targets.Where(target => options.TargetId is not { } only || only == target.TargetId)
                .Select(target => target with { CommandLine = ReportText.Program(target.CommandLine) })],
            Intervals = Intervals(pass.Contexts) ?? pass.SnapshotIntervals,
            AccessChecks = [.. pass.Contexts.Select(context =>
                new SummaryCheck(context.Kdamond, context.Operations, context.AccessCheck, context.Labels)).Distinct()],
            IntervalsTuned = pass.Counters.Tuned,
            MeanWindowUs = pass.Counters.MeanWindowUs,
            Targets = [.. pass.Targets.All.Select(target => Describe(pass, target.Target, target.Value))],
            Recorder = pass.Counters.Last is { } last
                ? new SummaryRecorder(pass.Counters.CpuShare * 100, last.NrLate, last.NrMissed)
                : null,
            HugePages = pass.HugePages.Targets.Count > 0 ? HugePagesReport.Describe(pass.HugePages.Targets, pass.Catalog) : null,
            Doubts = [.. doubts.Select(doubt => doubt.Text)],
            GradedDoubts = doubts,
        };
    }

    /// <summary>The same result, written.</summary>
    public static void Write(
        Func<IRecordingReader> open, SummaryOptions options, ReportFormat format, TextWriter output, CancellationToken cancellation) =>
        ReportRun.Write(
            Compute(open, options, cancellation), format, static json => json.SummaryResult, SummaryTable.Write,
            (result, text) => SummaryText.Write(result, options, text), output, options.TextColumns);

    private static SummaryIntervals? Intervals(IReadOnlyList<ContextDescription> contexts)
    {
        if (contexts.Count == 0)
        {
            return null;
        }

        ContextAttributes last = contexts[^1].Attributes;
        return new SummaryIntervals(
            contexts.Min(context => context.Attributes.SampleUs), contexts.Max(context => context.Attributes.SampleUs),
            contexts.Min(context => context.Attributes.AggrUs), contexts.Max(context => context.Attributes.AggrUs),
            last.UpdateUs, last.MinNrRegions, last.MaxNrRegions);
    }

    private static SummaryTargetResult Describe(SummaryPass pass, TargetIdentity target, SummaryTarget series)
    {
        TargetMemory? memory = pass.Counters.Idle.Describe(target.TargetId);
        return new SummaryTargetResult
        {
            Target = target,
            Headline = MemoryHeadline.Of(memory, series.Wss.Percentile(50), pass.Counters.MemoryOf(target.TargetId)),
            RefusedAdvice = MemoryHeadline.RefusedAdvice(memory),
            Memory = memory,
            CompleteSnapshots = series.Wss.Count,
            WssP50Bytes = series.Wss.Percentile(50),
            WssP75Bytes = series.Wss.Percentile(75),
            WssP95Bytes = series.Wss.Percentile(95),
            MonitoredBytes = series.Wss.Count == 0 ? null : series.MonitoredBytes(),
            Hottest = Hottest(pass.Catalog, target, series),
            Idle = series.Idle(),
            Mappings = series.Mappings(pass.Catalog, target.TargetId),
            Footprint = pass.FootprintOf(target.TargetId) is { } footprint
                ? new SummaryFootprint(
                    FootprintsSeries.Known(footprint.VszBytes), FootprintsSeries.Known(footprint.RssBytes),
                    FootprintsSeries.Known(footprint.PssBytes), FootprintsSeries.Known(footprint.SwapBytes))
                : null,
        };
    }

    private static SummaryHottest? Hottest(TargetCatalog catalog, TargetIdentity target, SummaryTarget series)
    {
        if (series.Hottest is not { } region)
        {
            return null;
        }

        string name = catalog.NameOf(target.TargetId, region.Start, region.End);
        return new SummaryHottest(
            region.Start, region.End, region.End - region.Start, region.NrAccesses, series.HottestHz, name.Length == 0 ? null : name);
    }
}

/// <summary>What is summed up.</summary>
public sealed record SummaryOptions : ReportSelection;
