using System.Text;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Html;

/// <summary>Memory of a target by state: over time, by mapping, and how much was accessed within which time.</summary>
internal sealed class MemoryPanel(StatesTime? states, TargetMemory? memory, bool knowsMemory, bool interactive)
{
    private const int SparkWidth = 200;
    private const int SparkHeight = 32;

    public void Write(Markup page)
    {
        page.Raw("<figure class=\"panel\"><figcaption>").Element("h2", "Resident memory: hot, cold, unknown");
        if (states is null || memory is null)
        {
            page.Raw("</figcaption><p class=\"hint\">")
                .Text(knowsMemory ? "Not known: the recording has no idle times of pages." : $"Not known: {MemoryRules.NotPopulatedMayBeCold}.").Raw("</p></figure>\n");
            return;
        }

        if (interactive)
        {
            page.Raw("<div class=\"tools\"><label>Of <select class=\"mapping\"></select></label></div>");
        }

        page.Raw("</figcaption>");
        if (interactive)
        {
            page.Raw("<div class=\"pair\"><div class=\"chart states\"></div><div class=\"chart cold\"></div></div>");
        }

        string idle = StatesPicture.Time(memory.ColdAfterSeconds);
        page.Raw("<p class=\"hint\">").Text(
            $"From pages that are followed one by one. Hot: accessed within {idle}. Cold: idle for longer. Idle so far: not accessed since the recording "
            + "began, which is not so long yet. Unknown: nothing can tell. Their sum is what is resident; memory that was never populated is none of them.")
            .Raw("</p>");
        WriteMappings(page, states);
        WriteWithin(page);
        page.Raw("</figure>\n");
    }

    private static void WriteMappings(Markup page, StatesTime known)
    {
        string[] heads = ["mapping", "over time", "resident", "hot", "cold", "unknown"];
        page.Raw("<h3>By mapping, at the end</h3>");
        WriteHead(page, heads);
        foreach (MappingStates mapping in known.ByMapping())
        {
            StatePoint last = mapping.Latest;
            page.Raw("<tr><td>").Text(mapping.Name).Raw("</td><td class=\"spark\">").Raw(Spark(mapping.Points)).Raw("</td>")
                .Cell(heads[2], ReportText.ShortSize(last.Resident))
                .Cell(heads[3], ReportText.ShortSize(last.Hot))
                .Cell(heads[4], ReportText.ShortSize(last.Cold + last.SoFar))
                .Cell(heads[5], ReportText.ShortSize(last.Unknown)).Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>");
    }

    private void WriteWithin(Markup page)
    {
        string[] heads = ["within", "accessed", "95 % interval", "unknown"];
        page.Raw("<h3>Working set by time: accessed at least once, median of the looks</h3>");
        WriteHead(page, heads);
        foreach (WithinTime within in memory!.Within)
        {
            page.Raw("<tr><td>").Text(StatesPicture.Time(within.Seconds)).Raw("</td>")
                .Cell(heads[1], ReportText.ShortSize(within.Bytes))
                .Cell(heads[2], $"{ReportText.ShortSize(within.LowBytes)} to {ReportText.ShortSize(within.HighBytes)}", "class=\"number wide\"")
                .Cell(heads[3], ReportText.ShortSize(within.UnknownBytes)).Raw("</tr>\n");
        }

        page.Raw("</tbody></table></div>");
    }

    private static void WriteHead(Markup page, string[] heads)
    {
        page.Raw("<div class=\"scroll\"><table class=\"numbers\"><thead><tr>");
        foreach (string head in heads)
        {
            page.Raw("<th scope=\"col\">").Text(head).Raw("</th>");
        }

        page.Raw("</tr></thead><tbody>\n");
    }

    /// <summary>The states of one mapping over time, to the scale of its own memory.</summary>
    private static string Spark(StatePoint[] points)
    {
        StringBuilder svg = new();
        svg.Append(ReportText.Invariant($"<svg viewBox=\"0 0 {SparkWidth} {SparkHeight}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"));
        double most = Math.Max(1, points.Max(point => (double)point.Resident));
        double[] x = [.. Enumerable.Range(0, points.Length).Select(i => points.Length == 1 ? i : (double)i / (points.Length - 1))];
        PlotArea area = new(0, 0, SparkWidth, SparkHeight, 1, most);
        double[] below = new double[points.Length];
        foreach ((string name, Func<StatePoint, ulong> bytes) in s_layers)
        {
            double[] above = [.. points.Select((point, i) => below[i] + bytes(point))];
            svg.Append($"<path class=\"{name}\" d=\"{area.AreaOf(x.Zip(below), x.Zip(above))}\"/>");
            below = above;
        }

        return svg.Append("</svg>").ToString();
    }

    private static readonly (string Name, Func<StatePoint, ulong> Bytes)[] s_layers =
        [("hot", point => point.Hot), ("so-far", point => point.SoFar), ("cold", point => point.Cold), ("unknown", point => point.Unknown)];
}
