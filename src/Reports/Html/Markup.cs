using System.Net;
using System.Text.RegularExpressions;

namespace Damon.Trace.Reports.Html;

/// <summary>Writes HTML: what is text is escaped, what is markup is ours.</summary>
internal sealed partial class Markup(TextWriter output)
{
    /// <summary>A number is not broken from its unit at the end of a line.</summary>
    public static string Unbroken(string text) => BeforeUnit().Replace(text, "\u00a0");

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

    /// <summary>The same with a note below the value.</summary>
    public Markup Fact(string term, string text, string note) =>
        Raw("<div>").Element("dt", Unbroken(term)).Raw("<dd>").Text(text).Element("small", Unbroken(note)).Raw("</dd></div>\n");

    /// <summary>A cell of a table; narrow screens show its column's head beside it.</summary>
    public Markup Cell(string head, string text, string attributes = "class=\"number\"") =>
        Raw($"<td {attributes} data-head=\"").Text(head).Raw("\">").Text(text).Raw("</td>");

    [GeneratedRegex(@"(?<=\d) (?=(?:[KMGTPE]i)?B\b|[mu]?s\b|Hz\b|%)")]
    private static partial Regex BeforeUnit();
}
