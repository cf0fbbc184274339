using Damon.Trace.Events;
using Damon.Trace.Reports.HugePages;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary><c>report summary</c> for people: at most one screen for one target.</summary>
internal static class SummaryText
{
    private const int LabelColumns = 14;
    private const int Indent = 2;

    public static void Write(SummaryResult result, SummaryOptions options, FoldedText output)
    {
        WriteHeadlines(result, output);
        WriteProcesses(result, output);
        WriteRecording(result, output);
        WriteContexts(result, options, output);
        foreach (SummaryTargetResult target in result.Targets)
        {
            WriteTarget(target, output);
        }

        WriteHugePages(result, output);
        WriteRecorder(result, output);
        Line(output, "doubts", result.GradedDoubts.Count == 0 ? "none known" : Graded(result.GradedDoubts[0]));
        foreach (Doubt doubt in result.GradedDoubts.Skip(1))
        {
            Line(output, "", Graded(doubt));
        }
    }

    /// <summary>What most readers look for, first.</summary>
    private static void WriteHeadlines(SummaryResult result, FoldedText output)
    {
        foreach (SummaryTargetResult target in result.Targets)
        {
            if (result.Targets.Count > 1)
            {
                Line(output, "in short", target.Target.Describe());
            }

            Line(output, result.Targets.Count > 1 ? "" : "in short", target.Headline);
            Doubt? worst = result.GradedDoubts.Count > 0 ? result.GradedDoubts[0] : null;
            Line(output, "  how sure", worst is null ? "nothing to doubt" : Graded(worst));
            if (target.Memory is not null && target.RefusedAdvice is { } refused)
            {
                Line(output, "", refused);
            }
        }
    }

    /// <summary>The mapping with most hot memory in huge pages; the report has all.</summary>
    private static void WriteHugePages(SummaryResult result, FoldedText output)
    {
        foreach (HugePagesTarget target in result.HugePages ?? [])
        {
            if (target.Mappings is [{ HotBytes: > 0 } first, ..])
            {
                string touched = first.TouchedShare is { } share
                    ? ReportText.Invariant($"{ReportText.Percent(share)} ({first.TouchedShareLow * 100:F1}-{first.TouchedShareHigh * 100:F1} %)")
                    : "an unknown part";
                Line(output, "huge pages", $"{touched} of {ReportText.ShortSize(first.HotBytes)} hot in {ReportText.Clean(first.Mapping)} is touched");
                Line(output, "", HugePagesText.AdviceOf(first));
            }
        }
    }

    private static string Graded(Doubt doubt) => $"{doubt.Grade}: {ReportText.Clean(doubt.Text)}";

    /// <summary>Text in lines of what fits beside the label.</summary>
    private static void Line(FoldedText output, string label, string text)
    {
        foreach (string part in FoldedText.Fold(text, output.Columns - LabelColumns, Indent))
        {
            output.WriteLine($"{label,-LabelColumns}{part}".TrimEnd());
            label = "";
        }
    }

    private static void WriteProcesses(SummaryResult result, FoldedText output)
    {
        foreach (TargetDescription process in result.Processes)
        {
            Line(output, "target", ReportText.Invariant($"{process.TargetId}: pid {process.Pid} ({ReportText.Clean(process.Comm)})"));
            if (process.CommandLine.Length > 0)
            {
                Line(output, "", process.CommandLine);
            }
        }
    }

    private static void WriteRecording(SummaryResult result, FoldedText output)
    {
        RecordingFacts facts = result.Recording;
        string wall = facts.WallOf(facts.BeginNs) is { } start ? $", from {ReportText.Wall(start)}" : ", wall clock not recorded";
        Line(output, "duration", ReportText.Seconds(facts.Seconds) + wall);
        string selected = facts.SelectedSnapshots == facts.Snapshots ? "" : ReportText.Invariant($"{facts.SelectedSnapshots} selected of ");
        Line(output, "snapshots", ReportText.Invariant($"{selected}{facts.Snapshots}, {facts.IncompleteSnapshots} incomplete"));
        Line(output, "events", ReportText.Invariant($"{facts.Events}, {facts.LostEvents} lost"));
    }

    private static void WriteContexts(SummaryResult result, SummaryOptions options, FoldedText output)
    {
        if (result.Intervals is { } intervals)
        {
            Line(output, "intervals",
                $"sample {Span(intervals.MinSampleUs, intervals.MaxSampleUs)}, aggregation {Span(intervals.MinAggrUs, intervals.MaxAggrUs)}"
                + (intervals.UpdateUs is { } update ? $", update {ReportText.Microseconds(update)}" : "")
                + (intervals.MaxNrRegions is { } most ? ReportText.Invariant($", regions {intervals.MinNrRegions}..{most}") : ""));
        }

        if (result.MeanWindowUs is { } window)
        {
            Line(output, "  windows", ReportText.Invariant($"{window / 1e3:F2} ms long, mean"));
        }

        foreach (SummaryCheck check in result.AccessChecks)
        {
            Line(output, "access check", ReportText.Clean($"{check.AccessCheck} on {check.Operations} ({check.Kdamond})"));
            Line(output, "  labels", ReportText.Clean(check.Labels));
        }

        if (result.Intervals is null)
        {
            Line(output, "intervals", options.Known.AggrUs is null ? "not recorded" : "as told on the command line");
        }

        if (result.IntervalsTuned > 0)
        {
            Line(output, "", ReportText.Invariant($"sampling interval tuned {result.IntervalsTuned} times"));
        }
    }

    /// <summary>An interval, or what it varied between.</summary>
    private static string Span(ulong least, ulong most) =>
        least == most ? ReportText.Microseconds(most) : $"{ReportText.Microseconds(least)} to {ReportText.Microseconds(most)}";

    private static void WriteTarget(SummaryTargetResult target, FoldedText output)
    {
        Line(output, "result of", ReportText.Invariant($"{target.Target.Describe()}, {ReportText.Clean(target.Target.Kdamond)}"));
        WriteWorkingSet(target, output);
        WriteMemory(target, output);
        if (target.Footprint is { } footprint)
        {
            Line(output, "  footprint", string.Join(", ", new (string Name, ulong? Bytes)[]
            {
                ("RSS", footprint.RssBytes), ("PSS", footprint.PssBytes), ("swap", footprint.SwapBytes), ("VSZ", footprint.VszBytes),
            }.Where(size => size.Bytes is not null).Select(size => $"{size.Name} {ReportText.ShortSize(size.Bytes!.Value)}")));
        }

        if (target.Hottest is { } hottest)
        {
            string heat =
                hottest.Hz is { } hz ? ReportText.Invariant($"{hz:F1} Hz") : ReportText.Invariant($"{hottest.NrAccesses} samples");
            Line(output, "  hottest", $"{heat}, {ReportText.Range(hottest.Start, hottest.End)} ({ReportText.Size(hottest.SizeBytes)})");
            if (hottest.Mapping is { } mapping)
            {
                Line(output, "", mapping);
            }
        }

        if (target.Memory is null && target.Idle is { } idle && target.MonitoredBytes is > 0 and { } all)
        {
            Line(output, "  idle", $"{ReportText.Size(idle.Bytes)}, {ReportText.Percent((double)idle.Bytes / all)}, for {ReportText.Seconds(idle.IdleUs / 1e6)} or longer");
        }

        foreach (SummaryMapping named in target.Memory is null ? target.Mappings : [])
        {
            Line(output, ReferenceEquals(named, target.Mappings[0]) ? "  by name" : "",
                $"{ReportText.ShortSize(named.AccessedBytes),11} of {ReportText.ShortSize(named.MonitoredBytes),11} accessed  {ReportText.Clean(named.Mapping)}");
        }
    }

    private static void WriteWorkingSet(SummaryTargetResult target, FoldedText output)
    {
        if (target is not { WssP50Bytes: { } p50, WssP75Bytes: { } p75, WssP95Bytes: { } p95, MonitoredBytes: { } monitored })
        {
            Line(output, "  working set", "no complete snapshot");
            return;
        }

        Line(output, "  working set", $"p50 {ReportText.Size(p50)}, p75 {ReportText.Size(p75)}, p95 {ReportText.Size(p95)}");
        Line(output, "", $"of {ReportText.Size(monitored)} monitored");
    }

    private static void WriteMemory(SummaryTargetResult target, FoldedText output)
    {
        if (target.Memory is not { } memory)
        {
            return;
        }

        string notPopulated = memory.States.NotPopulatedBytes is { } bytes ? $", {ReportText.ShortSize(bytes)} not populated" : "";
        Line(output, "  memory",
            $"{ReportText.ShortSize(memory.States.HotBytes)} hot, {ReportText.ShortSize(memory.States.ColdBytes)} cold, "
            + $"{ReportText.ShortSize(memory.States.UnknownBytes)} unknown{notPopulated}");
        foreach (MappingMemory mapping in memory.Mappings.Where(mapping => mapping.States.ResidentBytes > 0).Take(SummaryTarget.MaxMappings))
        {
            Line(output, "",
                $"{ReportText.ShortSize(mapping.States.HotBytes),11} hot, {ReportText.ShortSize(mapping.States.ColdBytes),11} cold, "
                + $"{ReportText.ShortSize(mapping.States.UnknownBytes),11} unknown  {mapping.Describe()}");
        }
    }

    private static void WriteRecorder(SummaryResult result, FoldedText output)
    {
        if (result.Recorder is { } recorder)
        {
            string share = recorder.CpuPercent is { } cpu
                ? ReportText.Invariant($"{cpu:F1} % of one CPU")
                : "CPU unknown (one heartbeat)";
            Line(output, "recorder", ReportText.Invariant($"{share}, {recorder.LateChecks} checks late, {recorder.MissedChecks} missed"));
        }
    }
}
