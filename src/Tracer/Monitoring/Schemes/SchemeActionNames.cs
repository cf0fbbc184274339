namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>The names of actions, the kernel's where it has them.</summary>
public static class SchemeActionNames
{
    /// <summary>All that a file may name.</summary>
    public static IReadOnlyList<string> All =>
        ["stat", "pageout", "cold", "willneed", "collapse", "demote", "hugepage", "nohugepage", "migrate_hot", "migrate_cold"];

    /// <summary>The name of an action.</summary>
    public static string NameOf(SchemeAction action) => action == SchemeAction.Custom ? "custom" : All[(int)action];

    /// <summary>The action of a name; null when there is none.</summary>
    public static SchemeAction? Find(string name)
    {
        IReadOnlyList<string> all = All;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i] == name)
            {
                return (SchemeAction)i;
            }
        }

        return null;
    }
}
