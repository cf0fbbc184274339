using Damon.Trace.Reports.Memory;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Reports.Html;

/// <summary>The hot and the cold ranges of a target: which, how large, how hot, since when.</summary>
internal sealed class RangeTables(RecordingOverview overview, TargetReport target)
{
    private readonly LastSnapshots.Entry? _last = overview.Last.Entries.GetValueOrDefault(target.Key);

    /// <summary>Ranges in a table.</summary>
    internal const int Count = 12;

    private const string Mapping = "mapping";

    /// <summary>Found accessed in fewer of the samples, or with less of the hottest range's heat, is cold.</summary>
    private const double ColdShare = 0.01;

    /// <summary>Hot ranges, those with most hot bytes first.</summary>
    internal static IEnumerable<RangeHeat> Hottest(TargetReport target) => target.Ranges
        .Where(range => range.Mean > 0 && Heat(target, range) > ColdHeat(target))
        .OrderByDescending(static range => Bytes(range) * range.Mean).ThenByDescending(static range => range.Size);

    public void Write(Markup page)
    {
        double cold = ColdHeat(target);
        IEnumerable<RangeHeat> coldest = target.Ranges.Where(range => Heat(target, range) <= cold && IsKnown(range))
            .OrderByDescending(Bytes).ThenByDescending(range => range.Age);
        WriteTable(page, "Hottest ranges", "by bytes times mean heat over the recording", Hottest(target));
        WriteTable(page, "Largest cold ranges", ColdRule, coldest);
    }

    private string ColdRule => target.Ranges.Any(range => range.Memory is not null)
        ? "populated, known, and found accessed in at most 1 % of the samples"
        : $"found accessed in at most 1 % of the samples; {MemoryRules.NotPopulatedMayBeCold}";

    private static double ColdHeat(TargetReport target) =>
        target.IsShare ? ColdShare : ColdShare * target.Ranges.Select(static range => range.Mean).DefaultIfEmpty(0).Max();

    private static double Heat(TargetReport target, RangeHeat range) => target.IsShare ? range.Share : range.Mean;

    /// <summary>Memory it holds; its addresses where the recording does not know.</summary>
    private static double Bytes(RangeHeat range) => range.Memory?.Resident ?? range.Size;

    /// <summary>Not populated or not known is not cold.</summary>
    private static bool IsKnown(RangeHeat range) => range.Memory is not { } memory || (memory.Resident > 0 && memory.Unknown <= memory.Resident / 2);

    private string[] Heads =>
    [
        "range", "size", "resident", target.Target.HzKnown ? "Hz, mean" : "samples, mean", "% of samples, mean", "unchanged for", "since (UTC)", Mapping,
        .. (string[])(overview.HasAccesses ? ["writes, % of accesses"] : []),
    ];

    private void WriteTable(Markup page, string title, string rule, IEnumerable<RangeHeat> ranges)
    {
        RangeHeat[] all = [.. ranges];
        page.Raw("<div class=\"panel\">").Element("h2", title).Raw("<p class=\"hint\">")
            .Text(ReportText.Invariant($"{rule}; {all.Length} ranges, {ReportText.Size(all.Sum(Bytes))}; regions of the last complete snapshot"))
            .Raw("</p><div class=\"scroll\"><table><thead><tr>");
        foreach (string head in Heads)
        {
            page.Raw(head == Mapping ? "<th scope=\"col\" class=\"name\">" : "<th scope=\"col\">").Text(head).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
        foreach (RangeHeat range in all.Take(Count))
        {
            WriteRow(page, range);
        }

        page.Raw(all.Length == 0 ? $"<tr><td colspan=\"{ReportText.Invariant($"{Heads.Length}")}\">none</td></tr>" : "").Raw("</tbody></table></div></div>\n");
    }

    private void WriteRow(Markup page, RangeHeat range)
    {
        string[] heads = Heads;
        string text = ReportText.Range(range.Start, range.End);
        double? seconds = range.Age * _last?.AgeSeconds;
        page.Raw($"<tr><td><button type=\"button\" class=\"range\" data-start=\"{ReportText.Digits(range.Start)}\" data-end=\"{ReportText.Digits(range.End)}\">{text}</button></td>")
            .Cell(heads[1], ReportText.Size(range.Size))
            .Cell(heads[2], range.Memory is { } memory ? ReportText.Size(memory.Resident) : "-")
            .Cell(heads[3], ReportText.Invariant($"{range.Mean:F3}"))
            .Cell(heads[4], target.IsShare ? ReportText.Invariant($"{range.Share * 100:F1}") : "-", ReportText.Invariant($"class=\"number bar\" style=\"--share:{range.Share:F3}\""))
            .Cell(heads[5], seconds is { } age ? ReportText.Seconds(age) : ReportText.Invariant($"{range.Age} aggregations"))
            .Cell(heads[6], Since(seconds))
            .Cell(heads[7], overview.Catalog.NameOf(target.Key.TargetId, range.Start, range.End), "class=\"name\"");
        if (overview.HasAccesses)
        {
            page.Cell(heads[8], Writes(range));
        }

        page.Raw("</tr>\n");
    }

    private static string Writes(RangeHeat range) => range.Writes is { } writes
        ? ReportText.Invariant($"{writes.Share * 100:F1} ({writes.Low * 100:F0} to {writes.High * 100:F0})")
        : "unknown";

    private string Since(double? seconds) => seconds is { } age && overview.Extent.WallOffsetNs is { } offset
        ? DateTime.UnixEpoch.AddTicks((unchecked((_last?.EndNs ?? overview.EndNs) + offset) - (long)(age * 1e9)) / 100)
            .ToString("HH:mm:ss.f", System.Globalization.CultureInfo.InvariantCulture)
        : "-";
}
