namespace Damon.Trace.Reports.Regions;

/// <summary><c>report regions --csv</c>: a row for each range of each list.</summary>
internal static class RegionsTable
{
    public static void Write(RegionsResult result, CsvTable table)
    {
        table.Header(
            "kdamond_tid", "target_id", "pid", "order", "rank", "start", "end", "size_bytes", "mean_hz", "mean_percent", "mean_nr_accesses",
            "last_nr_accesses", "age_intervals", "age_us", "since_ns", "since_wall_ns", "temperature", "permissions", "mapping",
            "other_mappings", "resident_bytes", "unknown_bytes", "mean_touched_percent", "sampled_accesses", "write_share",
            "write_share_low", "write_share_high", "label");
        foreach (RegionsTarget target in result.Targets)
        {
            foreach (RegionsList list in target.Lists)
            {
                for (int i = 0; i < list.Ranges.Count; i++)
                {
                    WriteRange(target.Target, list.Order, i + 1, list.Ranges[i], table);
                }
            }
        }
    }

    private static void WriteRange(TargetIdentity target, string order, int rank, RegionsRange range, CsvTable table) => table.Row(
        target.KdamondTid, target.TargetId, target.Pid, order, rank, range.Start, range.End, range.SizeBytes, range.MeanHz, range.MeanPercent,
        range.MeanNrAccesses, range.LastNrAccesses, range.AgeIntervals, range.AgeUs, range.SinceNs, range.SinceWallNs, range.Temperature,
        range.Permissions, range.Mapping, range.OtherMappings, range.ResidentBytes, range.UnknownBytes, range.MeanTouchedPercent,
        range.SampledAccesses, range.WriteShare, range.WriteShareLow, range.WriteShareHigh, range.Label);
}
