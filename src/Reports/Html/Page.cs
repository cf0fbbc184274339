using Damon.Trace.Events;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Reports.Memory;
using Damon.Trace.Reports.Summary;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// The page. Everything but the charts is plain HTML: it can be read, searched and printed without the script.
/// </summary>
/// <param name="overview">The recording.</param>
/// <param name="targets">Its targets.</param>
/// <param name="accesses">Who accesses their hottest ranges; null where that was not sampled.</param>
/// <param name="charts">The script of the charts; without it the page has still pictures.</param>
internal sealed class Page(RecordingOverview overview, TargetReport[] targets, AccessesPass? accesses, string? charts)
{
    public void Write(TextWriter output)
    {
        Markup page = new(output);
        WriteHead(page);
        page.Raw("<body>\n");
        WriteHeader(page);
        page.Raw("<main>\n");
        foreach (TargetReport target in targets)
        {
            new Headline(overview, target).Write(page, targets.Length > 1 ? Name(target) : null);
        }

        WriteDoubts(page);
        WriteTabs(page);
        for (int i = 0; i < targets.Length; i++)
        {
            page.Raw($"<section class=\"target\" data-target=\"{i}\" aria-label=\"").Text(Name(targets[i])).Raw("\">\n");
            new TargetSection(overview, targets[i], accesses, charts is not null).Write(page, output);
            page.Raw("</section>\n");
        }

        new SchemesPanel(overview.Schemes, overview.BeginNs, overview.EndNs).Write(page);
        WriteMethod(page);
        page.Raw("</main>\n");
        if (charts is not null)
        {
            WriteCharts(page, charts);
        }

        page.Raw("</body>\n</html>\n");
    }

    /// <summary>
    /// Before the script stands what it draws first; it runs, and the charts stand, while the browser still reads the rest.
    /// </summary>
    private void WriteCharts(Markup page, string script)
    {
        PageData data = new(overview, targets);
        page.Raw("<script type=\"application/json\" id=\"data\">").Raw(data.ToJson()).Raw("</script>\n").Raw(data.Cells[0])
            .Raw("<script>").Raw(script).Raw("</script>\n");
        foreach (string cells in data.Cells.Skip(1))
        {
            page.Raw(cells);
        }
    }

    private string Name(TargetReport target) => overview.Catalog.Describe(target.Key.TargetId);

    private string Title => targets.Length == 1 ? Name(targets[0]) : ReportText.Invariant($"{targets.Length} targets");

    private void WriteHead(Markup page)
    {
        // No address of any kind can be fetched and no script but the one below runs, whatever a name may contain.
        string script = charts is null ? "" : $" script-src {PageScript.HashOf(charts)};";
        page.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:;")
            .Raw(script).Raw(" base-uri 'none'; form-action 'none'\">\n")
            .Raw("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Element("title", $"Memory accesses: {Title}").Raw("\n<style>\n").Raw(PageScript.Style).Raw("</style>\n</head>\n");
    }

    private void WriteHeader(Markup page)
    {
        page.Raw("<header><div>").Element("h1", $"Memory accesses of {Title}").Raw("<p>");
        string wall = overview.WallBeginNs is { } start ? $"from {ReportText.Wall(start)}" : "wall clock not recorded";
        page.Text($"{ReportText.Seconds((overview.EndNs - overview.BeginNs) / 1e9)} long, {wall}").Raw("</p>");
        IEnumerable<string> programs = overview.Catalog.Targets
            .Where(target => targets.Any(one => one.Key.TargetId == target.TargetId))
            .Select(target => ReportText.Program(target.CommandLine)).Distinct();
        foreach (string program in programs)
        {
            page.Raw("<p><code>").Text(program).Raw("</code></p>");
        }

        page.Raw("</div>");
        if (charts is not null)
        {
            page.Raw("<button type=\"button\" id=\"theme\">Dark or light</button>");
        }

        page.Raw("</header>\n");
    }

    private void WriteDoubts(Markup page)
    {
        List<Doubt> doubts = [.. SummaryDoubts.Of(overview.End, overview.Counters, overview.Contexts, overview.Catalog.HasMappings)];
        int more = overview.Extent.Targets.Count - targets.Length;
        if (more > 0)
        {
            doubts.Insert(0, new Doubt(DoubtGrade.Info, ReportText.Invariant($"{more} more targets are not shown; choose one with --target")));
        }

        page.Raw(doubts.Count == 0 ? "<aside class=\"doubts none\">" : "<aside class=\"doubts\">").Element("h2", "What to doubt");
        page.Raw("<ul>");
        foreach (Doubt doubt in doubts)
        {
            page.Raw("<li>").Element("b", doubt.Grade).Text($": {ReportText.Clean(doubt.Text)}").Raw("</li>");
        }

        if (doubts.Count == 0)
        {
            page.Element("li", "nothing known: no event was lost, every snapshot is complete");
        }

        page.Raw("</ul></aside>\n");
        if (charts is null)
        {
            page.Raw("<p class=\"note\">The charts of this page are still pictures: it was made by a build of damon-trace without npm, or with --static. ")
                .Raw("Build it where npm can fetch echarts for charts that zoom.</p>\n");
        }
        else
        {
            page.Raw("<noscript><p class=\"note\">The charts need JavaScript; figures and tables do not. ")
                .Raw("For still pictures: damon-trace report heatmap -o heatmap.svg</p></noscript>\n");
        }
    }

    private void WriteTabs(Markup page)
    {
        if (charts is null || targets.Length == 1)
        {
            return;
        }

        page.Raw("<nav role=\"group\" aria-label=\"Target\">");
        for (int i = 0; i < targets.Length; i++)
        {
            page.Raw($"<button type=\"button\" class=\"tab\" data-target=\"{i}\">").Text(Name(targets[i])).Raw("</button>");
        }

        page.Raw("</nav>\n");
    }

    private void WriteMethod(Markup page)
    {
        page.Raw("<section class=\"method\">").Element("h2", "How it was measured").Raw("<dl>\n");
        page.Fact("snapshots", ReportText.Invariant($"{overview.End.Snapshots}, {overview.End.IncompleteSnapshots} incomplete"));
        page.Fact("events", ReportText.Invariant($"{overview.End.Events}, {overview.End.LostEvents} lost"));
        foreach (string check in overview.Contexts.Select(context => ReportText.Clean($"{context.AccessCheck} on {context.Operations} ({context.Kdamond})")).Distinct())
        {
            page.Fact("access check", check);
        }

        WriteIntervals(page);
        foreach (string label in overview.Contexts.SelectMany(context => context.Labels.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct())
        {
            string[] parts = ReportText.Clean(label).Split('=', 2);
            page.Fact(parts[0], parts.Length > 1 ? parts[1] : "yes");
        }

        if (overview.Counters.Last is { } last)
        {
            string cpu = overview.Counters.CpuShare is { } share ? $"{ReportText.Percent(share)} of one CPU" : "unknown";
            page.Fact("recorder", ReportText.Invariant($"{cpu}, {last.NrLate} checks late, {last.NrMissed} missed"));
        }

        page.Raw("</dl></section>\n");
    }

    private void WriteIntervals(Markup page)
    {
        if (overview.Contexts.Count == 0)
        {
            page.Fact("intervals", overview.Known.AggrUs is { } aggr
                ? $"as told on the command line: aggregation {ReportText.Microseconds(aggr)}"
                : "not recorded");
            return;
        }

        ContextAttributes last = overview.Contexts[^1].Attributes;
        page.Fact("sampling interval", Span(attributes => attributes.SampleUs));
        page.Fact("aggregation interval", Span(attributes => attributes.AggrUs));
        page.Fact("regions", ReportText.Invariant($"{last.MinNrRegions} to {last.MaxNrRegions}, updated every {ReportText.Microseconds(last.UpdateUs)}"));
        if (overview.Counters.Tuned > 0)
        {
            page.Fact("tuned", ReportText.Invariant($"{overview.Counters.Tuned} times"));
        }
    }

    private string Span(Func<ContextAttributes, ulong> interval)
    {
        ulong least = overview.Contexts.Min(context => interval(context.Attributes));
        ulong most = overview.Contexts.Max(context => interval(context.Attributes));
        return least == most ? ReportText.Microseconds(most) : $"{ReportText.Microseconds(least)} to {ReportText.Microseconds(most)}";
    }
}
