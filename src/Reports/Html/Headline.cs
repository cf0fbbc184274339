using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Html;

/// <summary>What a target needs, what is cold, what is unknown and how sure that is: one sentence, and the same as a bar.</summary>
internal sealed class Headline(RecordingOverview overview, TargetReport target)
{
    private readonly TargetMemory? _memory = overview.Times.StatesOf(target.Key.TargetId)?.Latest;

    /// <param name="page">The page.</param>
    /// <param name="name">The target's, where there are several.</param>
    public void Write(Markup page, string? name)
    {
        string sentence = MemoryHeadline.Of(_memory, target.Memory.Distribution.Percentile(50));
        page.Raw("<div class=\"headline\"><p>").Text(Markup.Unbroken(name is null ? Sentence(sentence) : $"{name} {sentence}.")).Raw("</p>");
        if (_memory is { States: { ResidentBytes: > 0 } states })
        {
            page.Raw("<div class=\"bar-of-states\" aria-hidden=\"true\">");
            Part(page, "hot", states.HotBytes, states);
            Part(page, "cold", states.ColdBytes, states);
            Part(page, "unknown", states.UnknownBytes, states);
            page.Raw("</div>");
        }

        if (MemoryHeadline.RefusedAdvice(_memory) is { } refused)
        {
            page.Raw("<p class=\"hint\">").Text(Sentence(refused)).Raw("</p>");
        }

        page.Raw("</div>\n");
    }

    private static void Part(Markup page, string name, ulong bytes, MemoryStates states) =>
        page.Raw(ReportText.Invariant($"<i class=\"{name}\" style=\"flex-grow:{(double)bytes / states.ResidentBytes:F4}\"></i>"));

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
