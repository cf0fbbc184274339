namespace Damon.Trace.Reports.Recency;

/// <summary><c>report recency --csv</c>: the tail of each target, and below it that of each of its mappings at the end.</summary>
internal static class RecencyTable
{
    public static void Write(RecencyResult result, CsvTable table)
    {
        table.Header("kdamond_tid", "target_id", "pid", "of", "mapping", "idle_us", "bytes_at_end", "percent_at_end", "mean_bytes");
        foreach (RecencyTarget target in result.Targets)
        {
            (int tid, ulong id, int? pid) = (target.Target.KdamondTid, target.Target.TargetId, target.Target.Pid);
            foreach (RecencyTail row in target.Tail)
            {
                table.Row(tid, id, pid, "target", null, row.IdleUs, row.BytesAtEnd, row.PercentAtEnd, row.MeanBytes);
            }

            foreach (RecencyMapping mapping in target.Mappings)
            {
                foreach (RecencyMappingTail row in mapping.Tail)
                {
                    double? percent = target.TotalBytes == 0 ? null : 100.0 * row.Bytes / target.TotalBytes;
                    table.Row(tid, id, pid, "mapping", mapping.Mapping, row.IdleUs, row.Bytes, percent, null);
                }
            }
        }
    }
}
