namespace Damon.Trace.Reports.Compare;

/// <summary><c>report compare</c> for people.</summary>
internal static class CompareText
{
    public static void Write(CompareResult result, CompareOptions options, TextWriter output)
    {
        WriteRecording("A", result.A, output);
        WriteRecording("B", result.B, output);
        foreach (CompareTarget target in result.Targets)
        {
            output.WriteLine();
            output.WriteLine($"A: {target.A?.Describe() ?? "does not have it"}");
            output.WriteLine($"B: {target.B?.Describe() ?? "does not have it"}{(target.SameProcess ? ", the same process" : "")}");
            WriteSizes(target, output);
            WriteMappings(target, output);
            WriteRanges(target, options, output);
        }
    }

    private static void WriteRecording(string name, RecordingFacts facts, TextWriter output)
    {
        string from = facts.WallOf(facts.BeginNs) is { } wall ? $" from {ReportText.Wall(wall)}," : "";
        output.Write($"{name}:{from} {ReportText.Seconds(facts.Seconds)}, ");
        facts.WriteEnd(output);
    }

    private static void WriteSizes(CompareTarget target, TextWriter output)
    {
        output.WriteLine($"  {"size",-10}{"A",13}{"B",13}{"change",14}{"%",9}");
        foreach (CompareSize size in target.Sizes)
        {
            string percent = size is { ChangeBytes: { } change, ABytes: > 0 and { } a } ? ReportText.Invariant($"{100.0 * change / a:+0.0;-0.0;0.0}") : "-";
            output.WriteLine(ReportText.Invariant($"  {size.Size + " p" + size.Percentile,-10}{Text(size.ABytes),13}{Text(size.BBytes),13}")
                + $"{(size.ChangeBytes is { } bytes ? ReportText.Change(bytes) : "-"),14}{percent,9}");
        }
    }

    private static void WriteMappings(CompareTarget target, TextWriter output)
    {
        if (target.Mappings.Count == 0)
        {
            return;
        }

        string[] nameless = [.. new[] { ("A", "gone"), ("B", "new") }
            .Where(side => target.Mappings.All(mapping => mapping.Mapping is null || (mapping.State != "both" && mapping.State != side.Item2)))
            .Select(static side => side.Item1)];
        if (nameless.Length > 0)
        {
            output.WriteLine($"  memory by name is not compared: no mappings were recorded in {string.Join(" and ", nameless)}");
            return;
        }

        output.WriteLine("  memory by name, mean of the snapshots");
        output.WriteLine($"  {"accessed A",12}{"B",12}{"idle A",12}{"B",12}{"Hz A",8}{"B",8}  name");
        foreach (CompareMapping mapping in target.Mappings)
        {
            string name = mapping.Mapping is { } known ? ReportText.Clean(known) : "no mapping known";
            string state = mapping.State == "both" ? "" : $"{mapping.State}: ";
            output.WriteLine($"  {Text(mapping.AAccessedBytes),12}{Text(mapping.BAccessedBytes),12}{Text(mapping.AIdleBytes),12}"
                + $"{Text(mapping.BIdleBytes),12}{Hz(mapping.AHz),8}{Hz(mapping.BHz),8}  {state}{name}");
        }
    }

    private static void WriteRanges(CompareTarget target, CompareOptions options, TextWriter output)
    {
        if (!target.SameProcess)
        {
            output.WriteLine("  ranges are not compared: not known to be the same process");
            return;
        }

        if (target.Overlap is { Percent: { } percent } overlap)
        {
            string how = overlap.Of == "hot ranges" ? "hot ranges (nr_accesses > 0)" : "touched pages, each looked at";
            output.WriteLine(ReportText.Invariant(
                $"  overlap of {how}: {percent:F1} %, ")
                + $"{ReportText.ShortSize(overlap.BothBytes)} of {ReportText.ShortSize(overlap.AnyBytes)}");
        }

        foreach (CompareOverlap part in target.Overlaps.Where(static part => part.Percent is not null))
        {
            output.WriteLine(ReportText.Invariant($"    {part.Percent,6:F1} %  {ReportText.ShortSize(part.BothBytes),11} of ")
                + $"{ReportText.ShortSize(part.AnyBytes),11}  {ReportText.Clean(part.Of)}");
        }

        output.WriteLine(ReportText.Invariant($"  ranges accessed in only one of them, the largest {options.Count}"));
        foreach (CompareRange range in target.Ranges)
        {
            output.WriteLine($"  {range.State,-5} {ReportText.Range(range.Start, range.End)} {ReportText.Size(range.SizeBytes),13}  {range.Mapping}");
        }

        if (target.Ranges.Count == 0)
        {
            output.WriteLine("  none");
        }
    }

    private static string Text(double? bytes) => bytes is { } known ? ReportText.ShortSize(known) : "-";

    private static string Hz(double? hz) => hz is { } known ? ReportText.Invariant($"{known:F1}") : "-";
}
