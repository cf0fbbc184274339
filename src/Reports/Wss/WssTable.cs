using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

/// <summary>
/// <c>report wss --csv</c>: percentiles, or every working set in order of time. Where a recording has estimates, they follow the
/// percentiles, in columns of their own.
/// </summary>
internal static class WssTable
{
    public static void Write(WssResult result, CsvTable table)
    {
        if (result.Targets.Any(target => target.OverTime is not null))
        {
            WriteOverTime(result, table);
        }
        else if (result.Targets.Any(target => target.Estimate is not null || target.Within.Count > 0))
        {
            WriteWithEstimates(result, table);
        }
        else
        {
            WritePercentiles(result, table);
        }
    }

    private static void WriteOverTime(WssResult result, CsvTable table)
    {
        table.Header("kdamond_tid", "target_id", "pid", "end_ns", "wall_end_ns", "bytes");
        foreach (WssTarget target in result.Targets)
        {
            foreach (WssPoint point in target.OverTime ?? [])
            {
                table.Row(
                    target.Target?.KdamondTid, target.Target?.TargetId, target.Target?.Pid, point.EndNs, point.WallEndNs, point.Bytes);
            }
        }
    }

    private static void WritePercentiles(WssResult result, CsvTable table)
    {
        table.Header("kdamond_tid", "target_id", "pid", "percentile", "bytes");
        foreach (WssTarget target in result.Targets)
        {
            foreach (WssPercentile percentile in target.Percentiles)
            {
                table.Row(target.Target?.KdamondTid, target.Target?.TargetId, target.Target?.Pid, percentile.Percentile, percentile.Bytes);
            }
        }
    }

    private static void WriteWithEstimates(WssResult result, CsvTable table)
    {
        table.Header(
            "kdamond_tid", "target_id", "pid", "percentile", "bytes", "of", "seconds", "low_bytes", "high_bytes",
            "unknown_bytes", "resident_bytes");
        foreach (WssTarget target in result.Targets)
        {
            (int? tid, ulong? id, int? pid) = (target.Target?.KdamondTid, target.Target?.TargetId, target.Target?.Pid);
            foreach (WssPercentile percentile in target.Percentiles)
            {
                table.Row(tid, id, pid, percentile.Percentile, percentile.Bytes, "damo_rule", null, null, null, null, null);
            }

            if (target.Estimate is { } estimate)
            {
                WssQuartiles touched = estimate.TouchedPerSampleBytes;
                table.Row(tid, id, pid, 25, touched.P25, "touched_per_sample", null, null, null, null, null);
                table.Row(
                    tid, id, pid, 50, touched.P50, "touched_per_sample", null, estimate.LowBytes, estimate.HighBytes, estimate.UnknownBytes,
                    estimate.ResidentBytes);
                table.Row(tid, id, pid, 75, touched.P75, "touched_per_sample", null, null, null, null, null);
            }

            foreach (WithinTime within in target.Within)
            {
                table.Row(
                    tid, id, pid, 50, within.Bytes, "within", within.Seconds, within.LowBytes, within.HighBytes, within.UnknownBytes,
                    within.ResidentBytes);
            }
        }
    }
}
