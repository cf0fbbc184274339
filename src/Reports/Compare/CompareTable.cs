namespace Damon.Trace.Reports.Compare;

/// <summary><c>report compare --csv</c>: one row for each number that can be compared.</summary>
internal static class CompareTable
{
    public static void Write(CompareResult result, CsvTable table)
    {
        table.Header("target_id", "of", "name", "state", "value", "a", "b", "change");
        foreach (CompareTarget target in result.Targets)
        {
            ulong? id = (target.A ?? target.B)?.TargetId;
            foreach (CompareSize size in target.Sizes)
            {
                table.Row(id, "target", null, "both", ReportText.Invariant($"{size.Size}_p{size.Percentile}_bytes"),
                    size.ABytes, size.BBytes, size.ChangeBytes);
            }

            if (target.Overlap is { } all)
            {
                table.Row(id, "overlap", all.Of, "both", "percent", null, all.Percent, null);
            }

            foreach (CompareOverlap overlap in target.Overlaps)
            {
                table.Row(id, "mapping", overlap.Of, "both", "overlap_percent", null, overlap.Percent, null);
            }

            foreach (CompareMapping mapping in target.Mappings)
            {
                (string? name, string state) = (mapping.Mapping, mapping.State);
                table.Row(id, "mapping", name, state, "mean_accessed_bytes", mapping.AAccessedBytes, mapping.BAccessedBytes, mapping.ChangeAccessedBytes);
                table.Row(id, "mapping", name, state, "mean_idle_bytes", mapping.AIdleBytes, mapping.BIdleBytes, mapping.ChangeIdleBytes);
                table.Row(id, "mapping", name, state, "mean_hz", mapping.AHz, mapping.BHz, mapping.BHz - mapping.AHz);
            }

            foreach (CompareRange range in target.Ranges)
            {
                bool isNew = range.State == "new";
                table.Row(id, "range", ReportText.Range(range.Start, range.End), range.State, "accessed_bytes",
                    isNew ? 0 : range.SizeBytes, isNew ? range.SizeBytes : 0, isNew ? (long)range.SizeBytes : -(long)range.SizeBytes);
            }
        }
    }
}
