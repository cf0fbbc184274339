namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches what as a table: a row for each function and for each thread of each range.</summary>
internal static class AccessesTable
{
    public static void Write(RecordedAccesses result, CsvTable table)
    {
        table.Header("pid", "start", "end", "mapping", "of", "name", "module", "tid", "accesses", "share", "low", "high", "write_share");
        foreach (AccessesResult target in result.Targets)
        {
            foreach (AccessesRange range in target.Ranges)
            {
                foreach (AccessesFunction function in range.Functions)
                {
                    table.Row(
                        target.Pid, range.Start, range.End, range.Name, "function", function.Function, function.Module, null, function.Accesses,
                        function.Share, function.Low, function.High, function.WriteShare);
                }

                foreach (AccessesThread thread in range.Threads)
                {
                    table.Row(
                        target.Pid, range.Start, range.End, range.Name, "thread", thread.Name, null, thread.Tid, thread.Accesses, thread.Share,
                        thread.Low, thread.High, null);
                }
            }
        }
    }
}
