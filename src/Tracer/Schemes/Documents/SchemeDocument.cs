using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>
/// Schemes of a JSON or YAML document in the shape of damo's: a list of schemes, or a whole configuration, <c>{kdamonds: [{contexts: [{schemes:
/// [...]}]}]}</c>, of which the schemes are taken and nothing else.
/// </summary>
internal static class SchemeDocument
{
    internal const int MaxDepth = 16;

    /// <exception cref="SchemeException">It cannot be understood: line, column, what was expected, what was found.</exception>
    internal static IReadOnlyList<Scheme> Read(SchemeNode root)
    {
        List<SchemeNode> lists = [];
        FindLists(root, lists);
        List<SchemeNode> filled = lists.FindAll(static list => list.RequireItems().Count > 0);
        if (filled.Count > 1)
        {
            throw filled[1].Unexpected("schemes of one context: those of several are for different targets");
        }

        return filled.Count == 0 ? [] : [.. filled[0].Items!.Select(static item => SchemeObject.Read(item))];
    }

    internal static SchemeException Twice(string key, int line, int column) =>
        new($"line {line}: column {column}: '{key}' stands twice in one object", "leave one of them out");

    private static void FindLists(SchemeNode node, List<SchemeNode> lists)
    {
        if (node.Items is { } items)
        {
            List<SchemeNode> holders = items.FindAll(static item => item.Members is not null && (item.Find("contexts") ?? item.Find("schemes")) is not null);
            if (holders.Count == 0)
            {
                lists.Add(node);
            }

            holders.ForEach(holder => FindLists(holder, lists));
            return;
        }

        if (node.Find("action") is not null)
        {
            lists.Add(SchemeNode.OfList([node], node.Line, node.Column)); // one scheme, alone
            return;
        }

        SchemeNode inner = node.Find("kdamonds") ?? node.Find("contexts") ?? node.Find("schemes") ?? throw node.Unexpected("a scheme with its 'action', a list of them, or 'kdamonds'");
        FindLists(inner, lists);
    }
}
