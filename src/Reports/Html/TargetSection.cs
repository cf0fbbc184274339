using Damon.Trace.Events;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Html;

/// <summary>The part of the page about one target: figures, charts or pictures, tables.</summary>
internal sealed class TargetSection(RecordingOverview overview, TargetReport target, AccessesPass? accesses, bool interactive)
{
    private readonly StatesTime? _states = overview.Times.StatesOf(target.Key.TargetId);

    private readonly TargetMemory? _memory = overview.Times.StatesOf(target.Key.TargetId)?.Latest;

    public void Write(Markup page, TextWriter output)
    {
        WriteFigures(page);
        page.Raw("<figure class=\"panel\"><figcaption>").Element("h2", "Heat over time and address");
        if (interactive)
        {
            page.Raw(Toolbar);
        }

        page.Raw("</figcaption>");
        WriteHeatmap(page, output);
        page.Raw("</figure>\n");
        if (accesses is not null)
        {
            new AccessPanel(overview, target, accesses).Write(page);
        }

        page.Raw("<figure class=\"panel\"><figcaption>").Element("h2", "What it uses and what it holds").Raw("</figcaption>");
        WriteWss(page, output);
        page.Raw("</figure>\n");
        new MemoryPanel(_states, _memory, target.Levels[0].Heat.Memory is not null, interactive).Write(page);
        new RangeTables(overview, target).Write(page);
    }

    private static string NotPopulated =>
        char.ToUpperInvariant(MemoryRules.NotPopulatedMayBeCold[0]) + MemoryRules.NotPopulatedMayBeCold[1..] + ".";

    private const string Toolbar =
        "<div class=\"tools\"><label>Colours <select class=\"scale\"><option value=\"linear\">linear</option><option value=\"log\">logarithmic</option></select></label>"
        + "<label>Time <select class=\"clock\"><option value=\"relative\">since begin</option><option value=\"wall\">wall clock, UTC</option></select></label>"
        + "<button type=\"button\" class=\"zoom-in\" title=\"Zoom in (+)\">+</button><button type=\"button\" class=\"zoom-out\" title=\"Zoom out (-)\">&minus;</button>"
        + "<button type=\"button\" class=\"zoom-reset\" title=\"Show everything (0)\">All</button></div>";

    private void WriteFigures(Markup page)
    {
        page.Raw("<dl class=\"figures\">\n");
        if (_memory is { } memory)
        {
            MemoryStates states = memory.States;
            string idle = StatesPicture.Time(memory.ColdAfterSeconds);
            var hot = MemoryPoint.Of(states); // In whole pages, as the headline has it.
            page.Fact($"hot: accessed within {idle}", ReportText.ShortSize(hot.Bytes), $"{ReportText.ShortSize(hot.LowBytes)} to {ReportText.ShortSize(hot.HighBytes)}, 95 %");
            page.Fact($"cold: idle longer than {idle}", ReportText.ShortSize(states.ColdBytes), Share(states.ColdBytes, states));
            page.Fact("unknown", states.UnknownBytes == 0 ? "nothing" : ReportText.ShortSize(states.UnknownBytes), Share(states.UnknownBytes, states));
        }

        if (target.Memory.Estimates.Percentile(50) is { } touched)
        {
            page.Fact(
                "touched in a sampling interval", ReportText.ShortSize(touched), $"estimate, median; p95 {ReportText.ShortSize(target.Memory.Estimates.Percentile(95) ?? 0)}");
        }

        if (target.Memory.Count > 0)
        {
            page.Fact(
                "working set by damo's rule", ReportText.ShortSize(target.Memory.Distribution.Percentile(50) ?? 0),
                $"median; p95 {ReportText.ShortSize(target.Memory.Distribution.Percentile(95) ?? 0)}");
        }

        IReadOnlyList<Footprint> footprints = overview.Times.FootprintsOf(target.Key.TargetId);
        if (footprints.Count > 0 && footprints[^1].RssBytes != Footprint.Unknown)
        {
            page.Fact("resident (RSS)", ReportText.ShortSize(footprints[^1].RssBytes), "at the end");
        }

        page.Fact("monitored", ReportText.ShortSize(target.Target.Monitored.BytesIn(0, ulong.MaxValue)), "addresses");
        WriteHeatFigures(page);
        page.Raw("</dl>\n");
    }

    private void WriteHeatFigures(Markup page)
    {
        if (target.Ranges.MaxBy(range => range.Mean) is { Mean: > 0 } hottest)
        {
            page.Fact(
                "hottest range, mean", ReportText.Invariant($"{hottest.Mean:F1} {(target.Target.HzKnown ? "Hz" : "samples")}"),
                target.IsShare ? $"{ReportText.Percent(hottest.Share)} of samples" : "");
        }

        if (target.Target is { MaxHz: { } most, LeastMaxHz: { } least })
        {
            bool isOne = most < least * 1.1;
            page.Fact("100 % is", ReportText.Invariant($"{most:F1} Hz"), isOne ? "1 / sampling interval" : ReportText.Invariant($"and as little as {least:F1} Hz"));
        }
    }

    private static string Share(ulong bytes, MemoryStates states) => states.ResidentBytes == 0
        ? ""
        : $"{ReportText.Percent((double)bytes / states.ResidentBytes)} of {ReportText.ShortSize(states.ResidentBytes)}";

    private void WriteHeatmap(Markup page, TextWriter output)
    {
        if (interactive)
        {
            page.Raw("<div class=\"chart heatmap\" tabindex=\"0\" role=\"application\" aria-label=\"Heatmap. Arrow keys move the cursor, plus and minus zoom, 0 shows everything.\"></div>")
                .Raw("<div class=\"legend\"></div>")
                .Raw("<p class=\"hint\">Drag to move, wheel to zoom in time, Shift and wheel to zoom in addresses. Keys: arrows, + and &minus;, 0.</p>");
        }
        else
        {
            HeatmapPicture.Draw(
                output, overview.Extent, overview.BeginNs, overview.EndNs,
                [new TargetMap(target.Target, target.Levels[0].Heat)], PictureTheme.Light);
        }

        HeatmapBand[] bands = target.Levels[0].Bands;
        ulong outside = BandText.BytesOutside(target.Target, bands);
        page.Raw("<p class=\"hint\">").Text(
            $"Heat is a mean over the area and time of a cell. Left out: {ReportText.Size(outside)} that were monitored and never accessed once the regions had adapted.{(target.Levels[0].Heat.Memory is null ? " " + NotPopulated : "")}")
            .Raw("</p>");
    }

    private void WriteWss(Markup page, TextWriter output)
    {
        if (interactive)
        {
            page.Raw("<div class=\"pair\"><div class=\"chart memory\"></div><div class=\"chart spread\"></div></div>");
        }
        else
        {
            WssPicture.Draw(output, overview.Catalog, overview.Times, [target.Key], PictureTheme.Light);
        }

        page.Raw("<p class=\"hint\">damo's rule: bytes of all regions found accessed at least once in a snapshot, however few of their samples were.");
        if (target.Memory.Estimates.Percentile(0) is not null)
        {
            page.Raw(" Estimate: bytes touched in one sampling interval, from the share of samples accessed, with the 95 % interval of a snapshot.");
        }

        if (overview.Times.FootprintsOf(target.Key.TargetId).Count == 0)
        {
            page.Raw(" The recording has no footprints (RSS, PSS, swap).");
        }

        page.Raw("</p>");
    }
}
