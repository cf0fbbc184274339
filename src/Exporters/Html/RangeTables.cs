using Damon.Trace.Exporters.Reports;
using Damon.Trace.Exporters.Reports.Regions;

namespace Damon.Trace.Exporters.Html;

/// <summary>The hot and the cold ranges of a target: which, how large, how hot, since when.</summary>
internal sealed class RangeTables(RecordingOverview overview, TargetReport target)
{
    private readonly LastSnapshots.Entry? _last = overview.Last.Entries.GetValueOrDefault(target.Key);

    private const int Count = 12;

    /// <summary>Found accessed in fewer of the samples, or with less of the hottest range's heat, is cold.</summary>
    private const double ColdShare = 0.01;

    public void Write(Markup page)
    {
        double cold = target.IsShare ? ColdShare : ColdShare * target.Ranges.Select(range => range.Mean).DefaultIfEmpty(0).Max();
        IEnumerable<RangeHeat> hottest = target.Ranges.Where(range => range.Mean > 0 && Heat(range) > cold)
            .OrderByDescending(range => range.Mean).ThenByDescending(range => range.Size);
        IEnumerable<RangeHeat> coldest = target.Ranges.Where(range => Heat(range) <= cold)
            .OrderByDescending(range => range.Size).ThenByDescending(range => range.Age);
        WriteTable(page, "Hottest ranges", "by mean heat over the recording", hottest);
        WriteTable(page, "Largest cold ranges", "found accessed in at most 1 % of the samples", coldest);
    }

    private double Heat(RangeHeat range) => target.IsShare ? range.Share : range.Mean;

    private void WriteTable(Markup page, string title, string rule, IEnumerable<RangeHeat> ranges)
    {
        RangeHeat[] all = [.. ranges];
        page.Raw("<div class=\"panel\">").Element("h2", title).Raw("<p class=\"hint\">")
            .Text(ReportText.Invariant($"{rule}; {all.Length} ranges, {ReportText.Size(all.Sum(range => (double)range.Size))}; regions of the last complete snapshot"))
            .Raw("</p><div class=\"scroll\"><table><thead><tr>");
        foreach (string head in (string[])["range (hex)", "size", target.Target.HzKnown ? "Hz, mean" : "samples, mean", "% of samples, mean", "unchanged for", "since (UTC)", "mapping"])
        {
            page.Raw("<th scope=\"col\">").Text(head).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
        foreach (RangeHeat range in all.Take(Count))
        {
            WriteRow(page, range);
        }

        page.Raw(all.Length == 0 ? "<tr><td colspan=\"7\">none</td></tr>" : "").Raw("</tbody></table></div></div>\n");
    }

    private void WriteRow(Markup page, RangeHeat range)
    {
        string text = ReportText.Range(range.Start, range.End);
        double? seconds = range.Age * _last?.AgeSeconds;
        page.Raw($"<tr><td><button type=\"button\" class=\"range\" data-start=\"{ReportText.Digits(range.Start)}\" data-end=\"{ReportText.Digits(range.End)}\">{text}</button></td>");
        Number(page, ReportText.Size(range.Size));
        Number(page, ReportText.Invariant($"{range.Mean:F3}"));
        Number(page, target.IsShare ? ReportText.Invariant($"{range.Share * 100:F1}") : "-", range.Share);
        Number(page, seconds is { } age ? ReportText.Seconds(age) : ReportText.Invariant($"{range.Age} aggregations"));
        Number(page, Since(seconds));
        page.Element("td", overview.Catalog.NameOf(target.Key.TargetId, range.Start, range.End)).Raw("</tr>\n");
    }

    private static void Number(Markup page, string text, double? bar = null) => page
        .Raw(bar is { } share ? ReportText.Invariant($"<td class=\"number bar\" style=\"--share:{share:F3}\">") : "<td class=\"number\">")
        .Text(text).Raw("</td>");

    private string Since(double? seconds) => seconds is { } age && overview.Extent.WallOffsetNs is { } offset
        ? DateTime.UnixEpoch.AddTicks((unchecked((_last?.EndNs ?? overview.EndNs) + offset) - (long)(age * 1e9)) / 100)
            .ToString("HH:mm:ss.f", System.Globalization.CultureInfo.InvariantCulture)
        : "-";
}
