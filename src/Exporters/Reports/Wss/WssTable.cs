namespace Damon.Trace.Exporters.Reports.Wss;

/// <summary><c>report wss --csv</c>: percentiles, or every working set in order of time.</summary>
internal static class WssTable
{
    public static void Write(WssResult result, CsvTable table)
    {
        if (result.Targets.Any(target => target.OverTime is not null))
        {
            table.Header("kdamond_tid", "target_id", "pid", "end_ns", "wall_end_ns", "bytes");
        }
        else
        {
            table.Header("kdamond_tid", "target_id", "pid", "percentile", "bytes");
        }

        foreach (WssTarget target in result.Targets)
        {
            (int? tid, ulong? id, int? pid) = (target.Target?.KdamondTid, target.Target?.TargetId, target.Target?.Pid);
            foreach (WssPoint point in target.OverTime ?? [])
            {
                table.Row(tid, id, pid, point.EndNs, point.WallEndNs, point.Bytes);
            }

            foreach (WssPercentile percentile in target.OverTime is null ? target.Percentiles : [])
            {
                table.Row(tid, id, pid, percentile.Percentile, percentile.Bytes);
            }
        }
    }
}
