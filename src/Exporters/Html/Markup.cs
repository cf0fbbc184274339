using System.Net;

namespace Damon.Trace.Exporters.Html;

/// <summary>Writes HTML: what is text is escaped, what is markup is ours.</summary>
internal sealed class Markup(TextWriter output)
{
    public Markup Raw(string markup)
    {
        output.Write(markup);
        return this;
    }

    public Markup Text(string text)
    {
        output.Write(WebUtility.HtmlEncode(text));
        return this;
    }

    public Markup Element(string name, string text) => Raw($"<{name}>").Text(text).Raw($"</{name}>");

    /// <summary>A line of a definition list.</summary>
    public Markup Fact(string term, string text) => Raw("<div>").Element("dt", term).Element("dd", text).Raw("</div>\n");
}
