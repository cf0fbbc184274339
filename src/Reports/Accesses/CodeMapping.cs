namespace Damon.Trace.Reports.Accesses;

/// <summary>Code is hot because the processor fetches it: no instruction accesses it, and no watchpoint stops there.</summary>
internal static class CodeMapping
{
    /// <summary>Whether memory of these permissions (<c>r-xp</c>) is executed only; false where they are not known.</summary>
    internal static bool Is(string? permissions) => permissions is [_, not 'w', 'x', ..];
}
