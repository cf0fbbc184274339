namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>A value of a JSON or YAML document: text, a list, an object, or nothing. Knows where it stands; lines and columns count from 1.</summary>
internal sealed class SchemeNode
{
    private SchemeNode(string? text, List<SchemeNode>? items, List<(string Key, SchemeNode Value)>? members, bool isQuoted)
    {
        (Text, Items, Members, IsQuoted) = (text, items, members, isQuoted);
    }

    internal int Line { get; init; }

    internal int Column { get; init; }

    /// <summary>Of text and numbers; null for everything else.</summary>
    internal string? Text { get; }

    /// <summary>Text that is no number and no truth value.</summary>
    internal bool IsQuoted { get; }

    internal List<SchemeNode>? Items { get; }

    internal List<(string Key, SchemeNode Value)>? Members { get; }

    internal bool IsNull => Text is null && Items is null && Members is null;

    internal static SchemeNode Null(int line = 0, int column = 0) => new(null, null, null, false) { Line = line, Column = column };

    internal static SchemeNode OfText(string text, int line = 0, int column = 0) => new(text, null, null, true) { Line = line, Column = column };

    /// <summary>A number or a truth value.</summary>
    internal static SchemeNode OfLiteral(string text, int line = 0, int column = 0) => new(text, null, null, false) { Line = line, Column = column };

    internal static SchemeNode OfList(List<SchemeNode> items, int line = 0, int column = 0) => new(null, items, null, false) { Line = line, Column = column };

    internal static SchemeNode OfObject(List<(string Key, SchemeNode Value)> members, int line = 0, int column = 0) =>
        new(null, null, members, false) { Line = line, Column = column };

    internal SchemeException Unexpected(string expected) => new(
        $"line {Line}: column {Column}: expected {expected}; found {Kind}", "docs/schemes.md has an example of each notation");

    /// <summary>The value of a key; null when it is not there, or nothing.</summary>
    internal SchemeNode? Find(string key)
    {
        foreach ((string name, SchemeNode value) in Members ?? throw Unexpected("an object"))
        {
            if (name == key)
            {
                return value.IsNull ? null : value;
            }
        }

        return null;
    }

    internal SchemeNode Require(string key) => Find(key) ?? throw Unexpected($"an object with '{key}'");

    internal List<SchemeNode> RequireItems() => Items ?? throw Unexpected("a list");

    /// <summary>A number with its unit, without the blanks and the commas that people like: "1,234.5 KiB", "1 m 30 s".</summary>
    internal SchemeWord Word() => new(RequireText().Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal), Column, Line);

    internal string RequireText() => Text is { Length: > 0 } text ? text : throw Unexpected("a value");

    internal bool Truth() => RequireText().ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" or "ON" => true,
        "FALSE" or "NO" or "N" or "OFF" => false,
        _ => throw Unexpected("true or false"),
    };

    /// <summary>Refuses what is not known: a mistyped key must not become a scheme without it.</summary>
    internal void RequireKeys(params ReadOnlySpan<string> known)
    {
        foreach ((string key, SchemeNode value) in Members ?? throw Unexpected("an object"))
        {
            if (!known.Contains(key))
            {
                throw new SchemeException(
                    $"line {value.Line}: column {value.Column}: expected one of {string.Join(", ", known!)}; found the key '{key}'",
                    "docs/schemes.md has an example of each notation");
            }
        }
    }

    private string Kind => Text is { } text ? $"'{text}'" : Items is not null ? "a list" : Members is null ? "nothing"
        : $"an object of {(Members.Count == 0 ? "nothing" : string.Join(", ", Members.Select(static member => member.Key).Take(5)))}";
}
