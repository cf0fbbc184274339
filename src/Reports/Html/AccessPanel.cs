using Damon.Trace.Reports.Accesses;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// Who accesses the hottest ranges of a target, of a recording with <c>--who</c>: a range each, opened by a click on the range in a table, or
/// on its own line.
/// </summary>
internal sealed class AccessPanel(RecordingOverview overview, TargetReport target, AccessesPass accesses)
{
    private const int MostFunctions = 8;
    private const int MostThreads = 5;

    /// <summary>The ranges it has, those of the table of hottest ranges.</summary>
    internal static IReadOnlyList<(ulong Start, ulong End)> RangesOf(TargetReport target) =>
        [.. RangeTables.Hottest(target).Take(RangeTables.Count).Select(static range => (range.Start, range.End))];

    public void Write(Markup page)
    {
        if (!accesses.Targets.TryGetValue(target.Key.TargetId, out AccessesPass.Target? found))
        {
            return;
        }

        string unit = found.Sampling.Last is { } state ? $"Shares are of {state.Unit}, sampled by {state.Sampler}; " : "Shares are ";
        page.Raw("<div class=\"panel who\"><h2>Who accesses it</h2><p class=\"hint\">").Text(
                $"{unit}with 95 % intervals. A click on a range, in a table or here, shows who accesses it.")
            .Raw("</p>\n");
        if (AccessesDoubt.Of(found.Sampling.ToCounts(found.Tallies.Sum(static tally => tally.NrAccesses))) is { } doubt)
        {
            page.Raw("<p class=\"hint\"><b>").Text(doubt).Raw(".</b></p>\n");
        }

        for (int i = 0; i < found.Tallies.Count; i++)
        {
            bool isRange = i < found.Ranges.Count;
            if (isRange || found.Tallies[i].NrAccesses > 0)
            {
                (ulong start, ulong end) = isRange ? found.Ranges[i] : (0, 0);
                string name = isRange ? overview.Catalog.NameOf(target.Key.TargetId, start, end) : AccessesReport.Elsewhere;
                bool isCode = isRange && CodeMapping.Is(overview.Catalog.Name(target.Key.TargetId, start, end)?.Permissions);
                WriteRange(
                    page, found.Tallies[i].ToResult(start, end, end - start, name, frequencyHz: null, tid => found.Threads.GetValueOrDefault(tid, "?")), isCode, i == 0);
            }
        }

        page.Raw("</div>\n");
    }

    private static void WriteRange(Markup page, AccessesRange range, bool isCode, bool isOpen)
    {
        string writes = range.Writes is { } share ? $", {ReportText.Percent(share.Share)} write" : "";
        string seen = range.Hits == 0 ? isCode ? "code, executed and not accessed" : "no access seen" : ReportText.Invariant($"{range.Hits} {(range.Hits == 1 ? "sample" : "samples")}{writes}");
        string where = range.Bytes == 0 ? "" : $"{ReportText.Range(range.Start, range.End)}  {ReportText.ShortSize(range.Bytes)}  ";
        page.Raw($"<details data-start=\"{ReportText.Digits(range.Start)}\"{(isOpen ? " open" : "")}><summary>")
            .Text($"{where}{range.Name}: {seen}").Raw("</summary>\n");
        if (range.Hits > 0)
        {
            WriteFunctions(page, range);
            WriteThreads(page, range);
        }

        page.Raw("</details>\n");
    }

    private static void WriteFunctions(Markup page, AccessesRange range)
    {
        string[] heads = ["function", "share", "95 %", "writes", "called by"];
        WriteHeads(page, heads);
        foreach (AccessesFunction function in range.Functions.Take(MostFunctions))
        {
            string module = function.Module.Length == 0 || function.Function.StartsWith(function.Module, StringComparison.Ordinal) ? "" : $" ({function.Module})";
            page.Raw("<tr>").Cell(heads[0], function.Function + module, "class=\"name\"")
                .Cell(heads[1], ReportText.Percent(function.Share), ReportText.Invariant($"class=\"number bar\" style=\"--share:{function.Share:F3}\""))
                .Cell(heads[2], Interval(function.Low, function.High))
                .Cell(heads[3], function.WriteShare is { } writes ? ReportText.Percent(writes) : "unknown")
                .Cell(heads[4], function.Caller ?? "unknown", "class=\"name\"").Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>\n");
        if (range.Functions.Count > MostFunctions)
        {
            page.Raw("<p class=\"hint\">").Text(
                ReportText.Invariant($"{range.Functions.Count - MostFunctions} more functions: report who has them.")).Raw("</p>\n");
        }
    }

    private static void WriteThreads(Markup page, AccessesRange range)
    {
        string[] heads = ["thread", "share", "95 %"];
        WriteHeads(page, heads);
        foreach (AccessesThread thread in range.Threads.Take(MostThreads))
        {
            page.Raw("<tr>").Cell(heads[0], ReportText.Invariant($"{thread.Name} ({thread.Tid})"), "class=\"name\"")
                .Cell(heads[1], ReportText.Percent(thread.Share), ReportText.Invariant($"class=\"number bar\" style=\"--share:{thread.Share:F3}\""))
                .Cell(heads[2], Interval(thread.Low, thread.High)).Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>\n");
        if (range.Threads.Count > MostThreads)
        {
            page.Raw("<p class=\"hint\">").Text(ReportText.Invariant($"{range.Threads.Count - MostThreads} more threads.")).Raw("</p>\n");
        }
    }

    private static void WriteHeads(Markup page, string[] heads)
    {
        page.Raw("<div class=\"scroll\"><table><thead><tr>");
        foreach (string head in heads)
        {
            page.Raw("<th scope=\"col\">").Text(head).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
    }

    private static string Interval(double low, double high) => ReportText.Invariant($"{low * 100:F1} to {high * 100:F1} %");
}
