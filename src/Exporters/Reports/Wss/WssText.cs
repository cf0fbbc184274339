namespace Damon.Trace.Exporters.Reports.Wss;

/// <summary><c>report wss</c> for people.</summary>
internal static class WssText
{
    public static void Write(WssResult result, WssOptions options, TextWriter output)
    {
        string per = result.WorkTimeUs <= 1 ? "snapshot" : $"{ReportText.Microseconds(result.WorkTimeUs)} of work";
        output.WriteLine(ReportText.Invariant(
            $"working set size: bytes of regions with nr_accesses >= {result.ThresholdNrAccesses}, per {per}"));
        foreach (WssTarget target in result.Targets)
        {
            WriteTarget(result, target, options, output);
        }

        output.WriteLine();
        output.WriteLine(ReportText.Invariant(
            $"left out: {result.LeftOutIncompleteSnapshots} incomplete snapshots, {result.SkippedSnapshots} skipped at the start"));
        result.Recording.WriteEnd(output);
    }

    private static void WriteTarget(WssResult result, WssTarget target, WssOptions options, TextWriter output)
    {
        output.WriteLine();
        string who = target.Target?.Describe() ?? (options.OverTime
            ? "all targets together, the n-th working sets of each added"
            : "all targets together, the n-th smallest working sets of each added");
        output.WriteLine(ReportText.Invariant($"{who}, {target.WorkingSets} {(result.WorkTimeUs <= 1 ? "snapshots" : "working sets")}"));
        if (target.MeanBytes is not { } mean)
        {
            output.WriteLine("  no complete snapshot");
            return;
        }

        output.WriteLine(ReportText.Invariant($"  mean {mean:F0} bytes, {ReportText.Size(mean)}"));
        if (target.OverTime is { } points)
        {
            TimeBars.Write(
                [.. points.Select(point => (point.EndNs, point.Bytes))],
                new ReportTime(result.Recording, options.WallTime), ReportText.Size, options.BarColumns, output);
            return;
        }

        output.WriteLine("  percentile            bytes          size");
        ulong largest = Math.Max(1, target.Percentiles.Max(row => row.Bytes));
        foreach (WssPercentile row in target.Percentiles)
        {
            int stars = (int)((UInt128)row.Bytes * (uint)options.BarColumns / largest);
            string bar = new string('*', stars).PadRight(options.BarColumns);
            output.WriteLine(ReportText.Invariant($"  {row.Percentile,10} {row.Bytes,16} {ReportText.Size(row.Bytes),13} |{bar}|"));
        }
    }
}
