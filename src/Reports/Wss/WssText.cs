using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Wss;

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

    /// <summary>What was touched, whatever regions there were; nothing where the recording does not say.</summary>
    private static void WriteEstimates(WssResult result, WssTarget target, TextWriter output)
    {
        if (target.Estimate is null && target.Within.Count == 0)
        {
            return;
        }

        output.WriteLine("  estimate of the bytes touched, with its 95 % interval:");
        if (target.Estimate is { } estimate)
        {
            WssQuartiles touched = estimate.TouchedPerSampleBytes;
            WithinTime median = new(0, touched.P50, estimate.LowBytes, estimate.HighBytes, estimate.UnknownBytes, estimate.ResidentBytes);
            WriteWithin("sampling interval", median, output);
            output.WriteLine(
                $"  {"",17} {ReportText.ShortSize(touched.P25),11} to {ReportText.ShortSize(touched.P75)} in half of the snapshots");
        }

        IEnumerable<WithinTime> rows = target.WithinWorkTime is { } work
            ? target.Within.Where(within => within.Seconds != work.Seconds).Append(work).OrderBy(within => within.Seconds)
            : target.Within;
        foreach (WithinTime within in rows)
        {
            WriteWithin(ReportText.Microseconds((ulong)Math.Round(within.Seconds * 1e6)), within, output);
        }

        if (result.WorkTimeUs > 1 && target.WithinWorkTime is null)
        {
            output.WriteLine($"  {ReportText.Microseconds(result.WorkTimeUs),17} not known: shorter or longer than pages were followed");
        }

        WarnOfUnknown(target, output);
        output.WriteLine(ReportText.Invariant($"  by damo's rule, the sizes of regions with nr_accesses >= {result.ThresholdNrAccesses}:"));
    }

    /// <summary>What may be wrong by much is a range, and not a number with an interval.</summary>
    private static void WriteWithin(string time, WithinTime within, TextWriter output)
    {
        string size = within.UnknownBytes > MemoryRules.RangeShare * within.ResidentBytes
            ? MemoryRules.Size(within.Bytes, within.UnknownBytes, within.ResidentBytes)
            : $"{ReportText.ShortSize(within.Bytes),11}  {ReportText.ShortSize(within.LowBytes)} to {ReportText.ShortSize(within.HighBytes)}";
        output.WriteLine($"  {time,17} {size}");
    }

    private static void WarnOfUnknown(WssTarget target, TextWriter output)
    {
        (ulong unknown, ulong resident) = target.Within.Count > 0
            ? (target.Within[^1].UnknownBytes, target.Within[^1].ResidentBytes)
            : (target.Estimate!.UnknownBytes, target.Estimate.ResidentBytes);
        if (unknown > MemoryRules.RangeShare * resident)
        {
            output.WriteLine(
                $"  warning: nothing is known of {ReportText.ShortSize(unknown)} of {ReportText.ShortSize(resident)} resident"
                + $" ({ReportText.Percent((double)unknown / resident)})");
        }
    }

    private static void WriteTarget(WssResult result, WssTarget target, WssOptions options, TextWriter output)
    {
        output.WriteLine();
        string who = target.Target?.Describe() ?? (options.OverTime
            ? "all targets together, the n-th working sets of each added"
            : "all targets together, the n-th smallest working sets of each added");
        output.WriteLine(ReportText.Invariant($"{who}, {target.WorkingSets} {(result.WorkTimeUs <= 1 ? "snapshots" : "working sets")}"));
        if (target.Target is null)
        {
            output.WriteLine("  estimate of the bytes touched: unknown; targets may share memory, and a recording does not say which: it counts twice here");
            output.WriteLine("  hint: without --together it is told for each; damon-trace snapshot of several processes counts shared memory once");
        }

        WriteEstimates(result, target, output);
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
