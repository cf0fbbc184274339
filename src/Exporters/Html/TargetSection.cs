using Damon.Trace.Events;
using Damon.Trace.Exporters.Pictures;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Html;

/// <summary>The part of the page about one target: figures, charts or pictures, tables.</summary>
internal sealed class TargetSection(RecordingOverview overview, TargetReport target, bool interactive)
{
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
        page.Raw("</figure>\n<figure class=\"panel\"><figcaption>").Element("h2", "What it uses and what it holds").Raw("</figcaption>");
        WriteWss(page, output);
        page.Raw("</figure>\n");
        new RangeTables(overview, target).Write(page);
    }

    private const string Toolbar =
        "<div class=\"tools\"><label>Colours <select class=\"scale\"><option value=\"linear\">linear</option><option value=\"log\">logarithmic</option></select></label>"
        + "<label>Time <select class=\"clock\"><option value=\"relative\">since begin</option><option value=\"wall\">wall clock, UTC</option></select></label>"
        + "<button type=\"button\" class=\"zoom-in\" title=\"Zoom in (+)\">+</button><button type=\"button\" class=\"zoom-out\" title=\"Zoom out (-)\">&minus;</button>"
        + "<button type=\"button\" class=\"zoom-reset\" title=\"Show everything (0)\">All</button></div>";

    private void WriteFigures(Markup page)
    {
        page.Raw("<dl class=\"figures\">\n");
        if (target.Memory.Count > 0)
        {
            page.Fact("working set, median", ReportText.Size(target.Memory.Distribution.Percentile(50) ?? 0));
            page.Fact("working set, 95th percentile", ReportText.Size(target.Memory.Distribution.Percentile(95) ?? 0));
        }

        IReadOnlyList<Footprint> footprints = overview.Times.FootprintsOf(target.Key.TargetId);
        if (footprints.Count > 0)
        {
            page.Fact("resident at the end (RSS)", ReportText.Size(footprints[^1].RssBytes));
        }

        page.Fact("monitored", ReportText.Size(target.Target.Monitored.BytesIn(0, ulong.MaxValue)));
        if (target.Ranges.MaxBy(range => range.Mean) is { Mean: > 0 } hottest)
        {
            string share = target.IsShare ? $", {ReportText.Percent(hottest.Share)}" : "";
            page.Fact("hottest range, mean", ReportText.Invariant($"{hottest.Mean:F1} {(target.Target.HzKnown ? "Hz" : "samples")}") + share);
        }

        if (target.Target is { MaxHz: { } most, LeastMaxHz: { } least })
        {
            page.Fact("100 % is", most < least * 1.1 ? ReportText.Invariant($"{most:F1} Hz") : ReportText.Invariant($"{least:F1} to {most:F1} Hz"));
        }

        page.Raw("</dl>\n");
    }

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
            $"Heat is a mean over the area and time of a cell. Left out: {ReportText.Size(outside)} that were monitored and never accessed once the regions had adapted.")
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

        page.Raw("<p class=\"hint\">Working set: bytes of all regions found accessed at least once in a snapshot.");
        if (overview.Times.FootprintsOf(target.Key.TargetId).Count == 0)
        {
            page.Raw(" The recording has no footprints (RSS, PSS, swap).");
        }

        page.Raw("</p>");
    }
}
