using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>YAML as nodes, and back. One document; no anchors, so that what is read is as large as what is written.</summary>
internal static class YamlNodes
{
    internal static SchemeNode Read(string text)
    {
        var yaml = new Parser(new StringReader(text));
        try
        {
            yaml.Consume<StreamStart>();
            yaml.Consume<DocumentStart>();
            SchemeNode root = Read(yaml, 0);
            yaml.Consume<DocumentEnd>();
            return yaml.Accept<DocumentStart>(out DocumentStart? more)
                ? throw Wrong(more.Start, "a second document", "one file, one document: a list of schemes")
                : root;
        }
        catch (YamlException e)
        {
            throw Wrong(e.Start, $"not YAML: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}", "a list of objects, such as - action: stat");
        }
        catch (InvalidOperationException)
        {
            // The scanner's own, at some texts that are no YAML.
            throw Wrong(yaml.Current?.End ?? Mark.Empty, "not YAML", "a list of objects, such as - action: stat");
        }
    }

    internal static string Write(SchemeNode root)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var yaml = new Emitter(text, EmitterSettings.Default.WithNewLine("\n"));
        yaml.Emit(new StreamStart());
        yaml.Emit(new DocumentStart());
        Write(yaml, root);
        yaml.Emit(new DocumentEnd(isImplicit: true));
        yaml.Emit(new StreamEnd());
        return text.ToString();
    }

    private static SchemeNode Read(Parser yaml, int depth)
    {
        if (depth > SchemeDocument.MaxDepth)
        {
            throw Wrong(yaml.Current!.Start, "nested too deep", "a list of objects, such as - action: stat");
        }

        ParsingEvent here = yaml.Current!;
        (int line, int column) = ((int)here.Start.Line, (int)here.Start.Column);
        if (yaml.TryConsume<Scalar>(out Scalar? scalar))
        {
            bool isPlain = scalar.Style == ScalarStyle.Plain;
            return isPlain && scalar.Value is "" or "~" or "null" ? SchemeNode.Null(line, column)
                : isPlain ? SchemeNode.OfLiteral(scalar.Value, line, column)
                : SchemeNode.OfText(scalar.Value, line, column);
        }

        if (yaml.TryConsume<SequenceStart>(out _))
        {
            List<SchemeNode> items = [];
            while (!yaml.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(yaml, depth + 1));
            }

            return SchemeNode.OfList(items, line, column);
        }

        return yaml.TryConsume<MappingStart>(out _)
            ? ReadObject(yaml, depth, line, column)
            : throw Wrong(here.Start, "an alias", "write the value again: anchors and aliases are not taken");
    }

    private static SchemeNode ReadObject(Parser yaml, int depth, int line, int column)
    {
        List<(string Key, SchemeNode Value)> members = [];
        while (!yaml.TryConsume<MappingEnd>(out _))
        {
            Mark place = yaml.Current!.Start;
            if (!yaml.TryConsume<Scalar>(out Scalar? key))
            {
                throw Wrong(place, "a key that is no word", "a list of objects, such as - action: stat");
            }

            if (members.Exists(member => member.Key == key.Value))
            {
                throw SchemeDocument.Twice(key.Value, (int)place.Line, (int)place.Column);
            }

            members.Add((key.Value, Read(yaml, depth + 1)));
        }

        return SchemeNode.OfObject(members, line, column);
    }

    private static SchemeException Wrong(in Mark place, string what, string hint) => new($"line {place.Line}: column {place.Column}: {what}", hint);

    private static void Write(Emitter yaml, SchemeNode node)
    {
        if (node.Items is { } items)
        {
            SequenceStyle style = items.TrueForAll(static item => item.Text is not null) ? SequenceStyle.Flow : SequenceStyle.Block;
            yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
            items.ForEach(item => Write(yaml, item));
            yaml.Emit(new SequenceEnd());
        }
        else if (node.Members is { } members)
        {
            // What has values only is short enough for a line: {min: 4K, max: max}.
            bool isShort = members.Count <= 3 && members.TrueForAll(static member => member.Value.Text is not null);
            yaml.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, isShort ? MappingStyle.Flow : MappingStyle.Block));
            foreach ((string key, SchemeNode value) in members)
            {
                yaml.Emit(new Scalar(key));
                Write(yaml, value);
            }

            yaml.Emit(new MappingEnd());
        }
        else
        {
            string text = node.Text ?? "null";
            bool mayBePlain = !node.IsQuoted || IsWord(text);
            yaml.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, mayBePlain ? ScalarStyle.Any : ScalarStyle.DoubleQuoted, true, true));
        }
    }

    /// <summary>Text that no reader takes for anything else: words as they stand in a line, but no number and no truth value.</summary>
    private static bool IsWord(string text) =>
        text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '%' or '/' or '.')
        && (char.IsAsciiLetter(text[0]) || char.IsAsciiDigit(text[0])) && text.Any(static c => char.IsAsciiLetter(c) || c == '%')
        && text.ToUpperInvariant() is not ("NULL" or "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N");
}
