using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary><c>report summary --csv</c>: one row for each thing known.</summary>
internal static class SummaryTable
{
    public static void Write(SummaryResult result, CsvTable table)
    {
        table.Header("of", "target_id", "name", "value");
        RecordingFacts facts = result.Recording;
        Row(table, "begin_ns", facts.BeginNs);
        Row(table, "end_ns", facts.EndNs);
        Row(table, "wall_begin_ns", facts.WallOf(facts.BeginNs));
        Row(table, "snapshots", facts.Snapshots);
        Row(table, "incomplete_snapshots", facts.IncompleteSnapshots);
        Row(table, "selected_snapshots", facts.SelectedSnapshots);
        Row(table, "events", facts.Events);
        Row(table, "lost_events", facts.LostEvents);
        Row(table, "truncation", facts.Truncation);
        WriteHow(result, table);
        foreach (TargetDescription process in result.Processes)
        {
            table.Row("process", process.TargetId, "pid", process.Pid);
            table.Row("process", process.TargetId, "comm", process.Comm);
            table.Row("process", process.TargetId, "command_line", process.CommandLine);
        }

        foreach (SummaryTargetResult target in result.Targets)
        {
            WriteTarget(target, table);
        }

        foreach (Doubt doubt in result.GradedDoubts)
        {
            table.Row("recording", null, "doubt", doubt.Text);
            table.Row("recording", null, "doubt_grade", doubt.Grade);
        }
    }

    private static void Row(CsvTable table, string name, object? value) => table.Row("recording", null, name, value);

    private static void WriteHow(SummaryResult result, CsvTable table)
    {
        Row(table, "min_sample_us", result.Intervals?.MinSampleUs);
        Row(table, "max_sample_us", result.Intervals?.MaxSampleUs);
        Row(table, "min_aggr_us", result.Intervals?.MinAggrUs);
        Row(table, "max_aggr_us", result.Intervals?.MaxAggrUs);
        Row(table, "update_us", result.Intervals?.UpdateUs);
        Row(table, "min_nr_regions", result.Intervals?.MinNrRegions);
        Row(table, "max_nr_regions", result.Intervals?.MaxNrRegions);
        Row(table, "intervals_tuned", result.IntervalsTuned);
        Row(table, "mean_window_us", result.MeanWindowUs);
        Row(table, "recorder_cpu_percent", result.Recorder?.CpuPercent);
        Row(table, "late_checks", result.Recorder?.LateChecks);
        Row(table, "missed_checks", result.Recorder?.MissedChecks);
        foreach (SummaryCheck check in result.AccessChecks)
        {
            Row(table, "access_check", check.AccessCheck);
            Row(table, "operations", check.Operations);
            Row(table, "kdamond", check.Kdamond);
            Row(table, "labels", check.Labels);
        }
    }

    private static void WriteTarget(SummaryTargetResult target, CsvTable table)
    {
        ulong id = target.Target.TargetId;
        table.Row("target", id, "headline", target.Headline);
        WriteMemory(target, table);
        table.Row("target", id, "complete_snapshots", target.CompleteSnapshots);
        table.Row("target", id, "wss_p50_bytes", target.WssP50Bytes);
        table.Row("target", id, "wss_p75_bytes", target.WssP75Bytes);
        table.Row("target", id, "wss_p95_bytes", target.WssP95Bytes);
        table.Row("target", id, "monitored_bytes", target.MonitoredBytes);
        table.Row("target", id, "vsz_bytes", target.Footprint?.VszBytes);
        table.Row("target", id, "rss_bytes", target.Footprint?.RssBytes);
        table.Row("target", id, "pss_bytes", target.Footprint?.PssBytes);
        table.Row("target", id, "swap_bytes", target.Footprint?.SwapBytes);
        table.Row("target", id, "hottest_start", target.Hottest?.Start);
        table.Row("target", id, "hottest_end", target.Hottest?.End);
        table.Row("target", id, "hottest_nr_accesses", target.Hottest?.NrAccesses);
        table.Row("target", id, "hottest_hz", target.Hottest?.Hz);
        table.Row("target", id, "hottest_mapping", target.Hottest?.Mapping);
        table.Row("target", id, "idle_us", target.Idle?.IdleUs);
        table.Row("target", id, "idle_bytes", target.Idle?.Bytes);
        foreach (SummaryMapping mapping in target.Mappings)
        {
            table.Row("target", id, "mapping", mapping.Mapping);
            table.Row("target", id, "mapping_accessed_bytes", mapping.AccessedBytes);
            table.Row("target", id, "mapping_monitored_bytes", mapping.MonitoredBytes);
        }
    }

    private static void WriteMemory(SummaryTargetResult target, CsvTable table)
    {
        ulong id = target.Target.TargetId;
        MemoryStates? states = target.Memory?.States;
        table.Row("target", id, "refused_advice", target.RefusedAdvice);
        table.Row("target", id, "cold_after_seconds", target.Memory?.ColdAfterSeconds);
        table.Row("target", id, "hot_bytes", states?.HotBytes);
        table.Row("target", id, "hot_low_bytes", states?.HotLowBytes);
        table.Row("target", id, "hot_high_bytes", states?.HotHighBytes);
        table.Row("target", id, "cold_bytes", states?.ColdBytes);
        table.Row("target", id, "unknown_bytes", states?.UnknownBytes);
        table.Row("target", id, "resident_bytes", states?.ResidentBytes);
        table.Row("target", id, "not_populated_bytes", states?.NotPopulatedBytes);
    }
}
