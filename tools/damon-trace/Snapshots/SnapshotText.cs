using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>A snapshot for people.</summary>
internal static class SnapshotText
{
    internal static void Write(SnapshotResult result, int count, TextWriter writer)
    {
        var output = new FoldedText(writer, new ReportSelection().TextColumns);
        SnapshotWindow window = result.Windows[^1];
        string unknown = result.UnknownBytes == 0 ? "nothing" : Size(result.UnknownBytes);
        output.WriteLine($"pid {result.Pid} ({ReportText.Clean(result.Comm)}): {Size(result.TouchedBytes)} touched in "
            + $"{ReportText.Seconds(window.WindowSeconds)}, {Size(result.ColdBytes)} cold, {unknown} unknown, of {Size(result.ResidentBytes)} resident");
        foreach (SnapshotWindow shorter in result.Windows.SkipLast(1))
        {
            output.WriteLine($"  of which {Size(shorter.TouchedBytes)} within the first {ReportText.Seconds(shorter.WindowSeconds)}");
        }

        output.WriteLine($"every page was looked at, none was sampled; reading took {ReportText.Seconds(window.ReadSeconds)}");
        output.WriteLine();
        WriteMappings(result, count, output);
        WriteLabels(result.Labels, result.LabelRemarks, count, output);
        output.WriteLine();
        WriteCost(result.Cost, output);
    }

    private static void WriteMappings(SnapshotResult result, int count, TextWriter output)
    {
        output.WriteLine($"{"touched",12}{"pages",9}{"cold",12}{"unknown",12}{"resident",12}  {"grain",-5}  mapping");
        IEnumerable<SnapshotMapping> ordered = result.Mappings
            .OrderByDescending(mapping => mapping.TouchedPages).ThenByDescending(mapping => mapping.ResidentPages).ThenBy(mapping => mapping.Start);
        foreach (SnapshotMapping mapping in ordered.Take(count))
        {
            string name = mapping.Name.Length == 0 ? "[anon]" : ReportText.Clean(mapping.Name);
            string label = $"{ReportText.Address(mapping.Start)} {mapping.Permissions} {name}{WhyUnknown(mapping, result.PageBytes)}";
            WriteRow(result, [mapping], Grain(mapping), label, output);
        }

        SnapshotMapping[] rest = [.. ordered.Skip(count)];
        if (rest.Length > 0)
        {
            WriteRow(result, rest, "", $"{rest.Length} more mappings; --count lists them, --json has all", output);
        }
    }

    /// <summary>Of many labels those with the most cold memory: it is what they are asked for.</summary>
    internal static void WriteLabels(IReadOnlyList<SnapshotLabel> labels, IReadOnlyList<string> remarks, int count, FoldedText output)
    {
        if (labels.Count == 0 && remarks.Count == 0)
        {
            return;
        }

        bool haveObjects = labels.Any(static label => label.Objects is not null);
        output.WriteLine();
        output.WriteLine($"{"cold",12}{"touched",12}{"unknown",12}{"resident",12}{(haveObjects ? $"{"objects",12}" : "")}  what is kept there");
        SnapshotLabel[] ordered = [.. labels.OrderByDescending(static label => label.ColdBytes).ThenByDescending(static label => label.ResidentBytes)];
        foreach (SnapshotLabel label in ordered.Take(count))
        {
            WriteLabel(label, haveObjects, output);
        }

        if (ordered.Length > count)
        {
            SnapshotLabel[] rest = ordered[count..];
            var sum = new SnapshotLabel(
                $"{rest.Length} more; --count lists them, --json has all", rest.Aggregate(0ul, static (sum, one) => sum + one.TouchedBytes),
                rest.Aggregate(0ul, static (sum, one) => sum + one.ColdBytes), rest.Aggregate(0ul, static (sum, one) => sum + one.UnknownBytes),
                rest.Sum(static one => one.Objects));
            WriteLabel(sum, haveObjects, output);
        }

        foreach (string remark in remarks)
        {
            output.WriteLine(remark);
        }
    }

    private static void WriteLabel(SnapshotLabel label, bool haveObjects, FoldedText output)
    {
        string objects = haveObjects ? ReportText.Invariant($"{label.Objects,12}") : "";
        output.WriteLine($"{Size(label.ColdBytes),12}{Size(label.TouchedBytes),12}{Size(label.UnknownBytes),12}{Size(label.ResidentBytes),12}{objects}  {ReportText.Clean(label.Label)}");
    }

    private static void WriteRow(SnapshotResult result, SnapshotMapping[] mappings, string grain, string name, TextWriter output)
    {
        string Bytes(Func<SnapshotMapping, ulong> pages) => Size(Sum(mappings, pages) * result.PageBytes);
        output.WriteLine($"{Bytes(static mapping => mapping.TouchedPages),12}{Sum(mappings, static mapping => mapping.TouchedPages),9}"
            + $"{Bytes(static mapping => mapping.ColdPages),12}{Bytes(static mapping => mapping.UnknownPages),12}"
            + $"{Bytes(static mapping => mapping.ResidentPages),12}  {grain,-5}  {name}");
    }

    /// <summary>How finely accesses are known: by the page, by 2 MiB where huge pages have one bit, or both in one mapping.</summary>
    private static string Grain(SnapshotMapping mapping) =>
        mapping.UnknownPages == mapping.ResidentPages ? "-"
        : mapping.HugePages == 0 ? "page"
        : mapping.HugePages == mapping.ResidentPages - mapping.UnknownPages ? "2 MiB"
        : "mixed";

    private static string WhyUnknown(SnapshotMapping mapping, ulong pageBytes)
    {
        (string Why, ulong Pages)[] reasons =
        [
            ("hugetlb", mapping.Unknown.HugetlbPages), ("device", mapping.Unknown.DevicePages),
            ("another sampler took the bit", mapping.Unknown.OtherSamplerPages), ("kind of page not readable", mapping.Unknown.NotDescribedPages),
        ];
        string why = string.Join(", ", reasons.Where(reason => reason.Pages > 0).Select(reason => $"{reason.Why} {Size(reason.Pages * pageBytes)}"));
        return why.Length == 0 ? "" : $" (unknown: {why})";
    }

    private static void WriteCost(SnapshotCost cost, TextWriter output)
    {
        string again = cost is { TouchAgainSeconds: { } seconds, TouchAgainNsPerPage: { } ns }
            ? ReportText.Invariant($"about {ReportText.Seconds(seconds)} for touching its pages again ({ns:F0} ns each, measured here)")
            : "an unknown time for touching its pages again";
        output.WriteLine($"cost: {ReportText.Seconds(cost.OwnCpuSeconds)} of own CPU; "
            + $"the target: mmap lock held for {ReportText.Seconds(cost.SweepSeconds)}, {again}");
    }

    private static ulong Sum(SnapshotMapping[] mappings, Func<SnapshotMapping, ulong> pages) =>
        mappings.Aggregate(0UL, (sum, mapping) => sum + pages(mapping));

    private static string Size(ulong bytes) => ReportText.ShortSize(bytes);
}
