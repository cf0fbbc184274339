using System.Globalization;
using System.Text;
using System.Xml;

namespace Damon.Trace.Reports.Pictures;

/// <summary>
/// Writes one SVG picture. Text is escaped by the XML writer; the fonts are whatever the viewer has of sans-serif and monospace.
/// </summary>
internal sealed class SvgCanvas : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    // A picture is looked at beside text of 16 px.
    private const int FontSize = 13;

    private readonly XmlWriter _xml;
    private bool _hasHatching;

    public SvgCanvas(TextWriter output, double width, double height, string title, PictureTheme theme)
    {
        _xml = XmlWriter.Create(output, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = false, CloseOutput = false, NewLineChars = "\n" });
        _xml.WriteStartElement("svg", Namespace);
        _xml.WriteAttributeString("width", Number(width));
        _xml.WriteAttributeString("height", Number(height));
        _xml.WriteAttributeString("viewBox", $"0 0 {Number(width)} {Number(height)}");
        _xml.WriteAttributeString("role", "img");
        _xml.WriteAttributeString("font-family", "DejaVu Sans,Verdana,system-ui,sans-serif");
        _xml.WriteAttributeString("font-size", Number(FontSize));
        _xml.WriteElementString("title", Namespace, title);
        Rect(0, 0, width, height, theme.Ground);
    }

    public void Rect(double x, double y, double width, double height, string fill) => Element(
        "rect", ("x", Number(x)), ("y", Number(y)), ("width", Number(width)), ("height", Number(height)), ("fill", fill));

    /// <summary>A fill of diagonal lines, to be used as a colour.</summary>
    public string Hatching(string colour)
    {
        const string Name = "hatching";
        if (!_hasHatching)
        {
            _hasHatching = true;
            _xml.WriteStartElement("pattern", Namespace);
            _xml.WriteAttributeString("id", Name);
            _xml.WriteAttributeString("width", "6");
            _xml.WriteAttributeString("height", "6");
            _xml.WriteAttributeString("patternUnits", "userSpaceOnUse");
            _xml.WriteAttributeString("patternTransform", "rotate(45)");
            Line(1, 0, 1, 6, colour, 2);
            _xml.WriteEndElement();
        }

        return $"url(#{Name})";
    }

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1) => Element(
        "path", ("d", $"M{Number(x1)} {Number(y1)}L{Number(x2)} {Number(y2)}"), ("stroke", stroke), ("stroke-width", Number(width)),
        ("fill", "none"));

    /// <summary>A filled path, or a stroked one when <paramref name="width"/> is given.</summary>
    public void Path(string data, string colour, double? width = null, double opacity = 1)
    {
        _xml.WriteStartElement("path", Namespace);
        _xml.WriteAttributeString("d", data);
        _xml.WriteAttributeString("fill", width is null ? colour : "none");
        if (width is { } stroke)
        {
            _xml.WriteAttributeString("stroke", colour);
            _xml.WriteAttributeString("stroke-width", Number(stroke));
            _xml.WriteAttributeString("stroke-linejoin", "round");
        }
        else
        {
            // Neighbouring cells must not let the ground shine through.
            _xml.WriteAttributeString("shape-rendering", "crispEdges");
        }

        if (opacity < 1)
        {
            _xml.WriteAttributeString("opacity", Number(opacity));
        }

        _xml.WriteEndElement();
    }

    /// <param name="x">Where it begins, has its middle or ends, by the anchor.</param>
    /// <param name="y">The base line.</param>
    /// <param name="text">Any text; control characters, which XML has none for, become question marks.</param>
    /// <param name="fill">Colour.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="size">Font size in pixels.</param>
    /// <param name="mono">Digits and addresses stand under each other.</param>
    public void Text(double x, double y, string text, string fill, string anchor = "start", double size = FontSize, bool mono = false)
    {
        _xml.WriteStartElement("text", Namespace);
        _xml.WriteAttributeString("x", Number(x));
        _xml.WriteAttributeString("y", Number(y));
        _xml.WriteAttributeString("fill", fill);
        _xml.WriteAttributeString("text-anchor", anchor);
        _xml.WriteAttributeString("font-size", Number(size));
        if (mono)
        {
            _xml.WriteAttributeString("font-family", "DejaVu Sans Mono,Menlo,Consolas,monospace");
        }

        _xml.WriteString(Writable(text));
        _xml.WriteEndElement();
    }

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        // After the output has failed there is nothing to end, and the failure is what must be told.
        if (_xml.WriteState != WriteState.Error)
        {
            _xml.WriteEndElement();
            _xml.Dispose();
        }
    }

    private static string Writable(string text)
    {
        StringBuilder result = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            result.Append(Rune.IsControl(rune) || rune.Value is 0xfffe or 0xffff ? "?" : rune.ToString());
        }

        return result.ToString();
    }

    private void Element(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _xml.WriteStartElement(name, Namespace);
        foreach ((string attribute, string value) in attributes)
        {
            _xml.WriteAttributeString(attribute, value);
        }

        _xml.WriteEndElement();
    }
}
