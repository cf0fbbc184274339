using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Recency;

/// <summary><c>report recency</c> for people.</summary>
internal static class RecencyText
{
    private const int BarColumns = 22;
    private const int PercentilesInALine = 4;

    /// <summary>Columns of idle times in the table of mappings.</summary>
    private const int MappingColumns = 3;

    public static void Write(RecencyResult result, RecencyOptions options, TextWriter output)
    {
        if (result.Targets.Count == 0)
        {
            output.WriteLine("recency: nothing complete was recorded of what was asked for");
        }

        ReportTime time = new(result.Recording, options.WallTime);
        foreach (RecencyTarget target in result.Targets)
        {
            output.WriteLine($"idle time of {target.Target.Describe()}");
            output.WriteLine(ReportText.Invariant(
                $"for how long memory has not been accessed; at the end ({time.Full(target.SnapshotEndNs)}),"));
            string of = target.Source == RecencyTarget.FromPages ? "looks at pages" : "snapshots";
            output.WriteLine(ReportText.Invariant($"and mean of {target.Snapshots} {of}"));
            WriteSource(target, output);
            WriteTail(target, output);
            WritePercentiles(target, output);
            WriteMappings(target, output);
            output.WriteLine();
        }

        result.Recording.WriteEnd(output);
    }

    /// <summary>What the rows of the tail are of, and what they leave out.</summary>
    private static void WriteSource(RecencyTarget target, TextWriter output)
    {
        if (target.Source == RecencyTarget.FromAges)
        {
            output.WriteLine("from ages of regions, which are averaged where regions were merged;");
            output.WriteLine(MemoryRules.NotPopulatedMayBeCold);
            return;
        }

        string notPopulated = target.NotPopulatedBytes is { } bytes ? $"; {ReportText.ShortSize(bytes)} mapped hold no memory" : "";
        output.WriteLine($"all is {ReportText.ShortSize(target.TotalBytes)} resident{notPopulated}");
        if (target.UnknownBytes is > 0 and { } unknown)
        {
            output.WriteLine($"nothing is known of {ReportText.ShortSize(unknown)} "
                + $"({ReportText.Percent((double)unknown / target.TotalBytes)}): in no row but the first");
        }
    }

    private static void WriteTail(RecencyTarget target, TextWriter output)
    {
        bool isEstimate = target.Source == RecencyTarget.FromPages;
        output.WriteLine($"  {"idle for",12}  {"at the end",13} {"%",6}  {"mean",13}{(isEstimate ? "  95 % interval at the end" : "")}");
        foreach (RecencyTail row in target.Tail)
        {
            string idle = row.IdleUs == 0 ? "all" : ">= " + Idle(row.IdleUs);
            string bar = new string('*', (int)(row.PercentAtEnd * BarColumns / 100)).PadRight(BarColumns);
            output.WriteLine(ReportText.Invariant(
                $"  {idle,12}  {ReportText.Size(row.BytesAtEnd),13} {row.PercentAtEnd,6:F1}  {ReportText.Size(row.MeanBytes),13}")
                + (isEstimate ? Interval(row) : $" |{bar}|"));
        }
    }

    private static void WritePercentiles(RecencyTarget target, TextWriter output)
    {
        if (target.Percentiles.Count == 0)
        {
            return;
        }

        output.WriteLine("  percentiles of the bytes at the end:");
        foreach (RecencyPercentile[] rows in target.Percentiles.Chunk(PercentilesInALine))
        {
            output.WriteLine("  " + string.Join(", ", rows.Select(row => ReportText.Invariant($"p{row.Percentile} {Percentile(row)}"))));
        }
    }

    /// <summary>The columns are steps that tell something: a half, a tenth and the least of the idle memory.</summary>
    private static void WriteMappings(RecencyTarget target, TextWriter output)
    {
        if (target.Mappings.All(mapping => mapping.Mapping is null))
        {
            return;
        }

        int[] steps = [.. Enumerable.Range(1, Math.Max(0, target.Tail.Count - 1)).Where(step => target.Tail[step].BytesAtEnd > 0)];
        int[] columns = [.. Enumerable.Range(0, MappingColumns)
            .Select(column => steps.Length == 0 ? 0 : steps[(steps.Length - 1) * column / (MappingColumns - 1)]).Distinct().Where(step => step > 0)];
        output.WriteLine("  what it is:");
        output.WriteLine($"  {"all",11} {"accessed",11}"
            + string.Concat(columns.Select(step => $" {">= " + Idle(target.Tail[step].IdleUs),11}")) + "  mapping");
        foreach (RecencyMapping mapping in target.Mappings)
        {
            output.WriteLine($"  {ReportText.ShortSize(mapping.TotalBytes),11} {ReportText.ShortSize(mapping.AccessedBytes),11}"
                + string.Concat(columns.Select(step => $" {ReportText.ShortSize(mapping.Tail[step].Bytes),11}"))
                + $"  {(mapping.Mapping is { } name ? ReportText.Clean(name) : "no mapping")}");
        }
    }

    private static string Interval(RecencyTail row) => row is { LowBytes: { } low, HighBytes: { } high }
        ? $"  {ReportText.ShortSize(low)} to {ReportText.ShortSize(high)}"
        : "";

    private static string Percentile(RecencyPercentile row) => row.IdleUs is { } us ? ReportText.Seconds(us / 1e6) : "longer";

    private static string Idle(ulong us) => us switch
    {
        >= 3_600_000_000 => ReportText.Invariant($"{us / 3_600_000_000} h"),
        >= 60_000_000 => ReportText.Invariant($"{us / 60_000_000} min"),
        _ => ReportText.Microseconds(us),
    };
}
