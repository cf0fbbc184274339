namespace Damon.Trace.Reports.Footprints;

/// <summary><c>report footprint --csv</c>: percentiles, or every reading in order of time.</summary>
internal static class FootprintsTable
{
    public static void Write(FootprintsResult result, CsvTable table)
    {
        if (result.Targets.Any(target => target.OverTime is not null))
        {
            table.Header("target_id", "pid", "time_ns", "wall_time_ns", "vsz_bytes", "rss_bytes", "pss_bytes", "swap_bytes", "wss_bytes");
        }
        else
        {
            table.Header("target_id", "pid", "percentile", "vsz_bytes", "rss_bytes", "pss_bytes", "swap_bytes", "wss_bytes");
        }

        foreach (FootprintsTarget target in result.Targets)
        {
            foreach (FootprintsPoint point in target.OverTime ?? [])
            {
                table.Row(
                    target.TargetId, target.Pid, point.TimeNs, point.WallTimeNs, point.VszBytes, point.RssBytes, point.PssBytes,
                    point.SwapBytes, point.WssBytes);
            }

            foreach (FootprintsPercentile row in target.OverTime is null ? target.Percentiles : [])
            {
                table.Row(
                    target.TargetId, target.Pid, row.Percentile, row.VszBytes, row.RssBytes, row.PssBytes, row.SwapBytes, row.WssBytes);
            }
        }
    }
}
