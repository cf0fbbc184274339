using System.Text;
using Damon.Trace.Reports.Schemes;

namespace Damon.Trace.Reports.Html;

/// <summary>What schemes did: a row for each, with the bytes it was tried on over time.</summary>
internal sealed class SchemesPanel(SchemesPass pass, long beginNs, long endNs)
{
    private const int SparkWidth = 200;
    private const int SparkHeight = 32;

    /// <summary>Nothing without events of schemes.</summary>
    public void Write(Markup page)
    {
        if (!pass.Schemes.Any())
        {
            return;
        }

        string[] heads = ["scheme", "tried on, over time", "regions", "tried on", "acted on", "quota at the end", "quota used up"];
        page.Raw("<section class=\"schemes\"><figure class=\"panel\"><figcaption>").Element("h2", "What schemes did").Raw("</figcaption>")
            .Raw("<div class=\"scroll\"><table class=\"numbers\"><thead><tr>");
        foreach (string head in heads)
        {
            page.Raw("<th scope=\"col\">").Text(head).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
        foreach ((string kdamond, int tid, uint context, uint scheme, SchemesPass.Sum sum) in pass.Schemes)
        {
            page.Raw("<tr><td>").Text(ReportText.Invariant($"{scheme} of context {context} of {ReportText.Clean(kdamond)} ({tid})"))
                .Raw("</td><td class=\"spark\">").Raw(Spark(sum)).Raw("</td>")
                .Cell(heads[2], ReportText.Invariant($"{sum.Regions}"))
                .Cell(heads[3], ReportText.ShortSize(sum.Bytes))
                .Cell(heads[4], sum.Counters?.SzApplied is { } applied ? ReportText.ShortSize(applied) : "unknown")
                .Cell(heads[5], sum.Quota is { } quota ? ReportText.ShortSize(quota.LastBytes) : "none told")
                .Cell(heads[6], sum.Counters?.QtExceeds is { } exceeded ? ReportText.Invariant($"{exceeded} times") : "unknown").Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div><p class=\"hint\">")
            .Text("Tried on: bytes of the regions that matched and that the quota let through; a region that matches again counts again. Acted on: what the "
            + "scheme's own counters say was done.")
            .Raw("</p></figure></section>\n");
    }

    /// <summary>Bytes of each second, to the scale of the second with the most.</summary>
    private string Spark(SchemesPass.Sum sum)
    {
        const long SecondNs = 1_000_000_000;
        int seconds = (int)Math.Clamp(((endNs - beginNs) / SecondNs) + 1, 1, int.MaxValue);
        double[] bytes = new double[SparkWidth];
        foreach ((long second, (_, ulong tried)) in sum.Seconds)
        {
            double at = ((sum.BeginNs - beginNs) / (double)SecondNs) + second;
            bytes[(int)Math.Clamp(at * SparkWidth / seconds, 0, SparkWidth - 1)] += tried;
        }

        StringBuilder svg = new();
        svg.Append(ReportText.Invariant($"<svg viewBox=\"0 0 {SparkWidth} {SparkHeight}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"));
        double most = Math.Max(1, bytes.Max());
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] > 0)
            {
                double height = Math.Max(1, bytes[i] / most * SparkHeight);
                svg.Append(ReportText.Invariant($"<path class=\"cold\" d=\"M{i} {SparkHeight}v{-height:F1}h1v{height:F1}z\"/>"));
            }
        }

        return svg.Append("</svg>").ToString();
    }
}
