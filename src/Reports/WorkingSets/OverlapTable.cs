namespace Damon.Trace.Reports.WorkingSets;

/// <summary><c>report compare --csv</c> of two working sets: a row for each file or name, and one for all.</summary>
internal static class OverlapTable
{
    public static void Write(OverlapResult result, CsvTable table)
    {
        table.Header("of", "name", "a_touched_bytes", "b_touched_bytes", "both_bytes", "any_bytes", "percent");
        foreach (OverlapPart part in result.Parts)
        {
            table.Row("part", part.Name, part.ATouchedBytes, part.BTouchedBytes, part.BothBytes, part.AnyBytes, part.Percent);
        }

        table.Row(
            "all", null, result.A.TouchedBytes - result.ANotComparedBytes, result.B.TouchedBytes - result.BNotComparedBytes,
            result.Overlap.BothBytes, result.Overlap.AnyBytes, result.Overlap.Percent);
    }
}
