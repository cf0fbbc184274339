namespace Damon.Trace.Reports.Heatmap;

/// <summary><c>report heatmap --csv</c>: a row for each cell of which something is known.</summary>
internal static class HeatmapTable
{
    public static void Write(HeatmapResult result, CsvTable table)
    {
        table.Header(
            "kdamond_tid", "target_id", "pid", "start", "end", "begin_ns", "end_ns", "wall_begin_ns", "percent", "nr_accesses", "hz", "mapping");
        foreach (HeatmapMap map in result.Targets)
        {
            foreach (HeatmapRow row in map.Rows)
            {
                for (int column = 0; column < result.Columns; column++)
                {
                    if (row.Heat[column] is { } heat)
                    {
                        long beginNs = result.ColumnBeginNs(column);
                        table.Row(
                            map.Target.KdamondTid, map.Target.TargetId, map.Target.Pid, row.Start, row.End, beginNs,
                            result.ColumnBeginNs(column + 1), result.Recording.WallOf(beginNs), map.IsShare ? heat : null,
                            map.IsShare ? null : heat, row.Hz[column], row.Mapping);
                    }
                }
            }
        }
    }
}
