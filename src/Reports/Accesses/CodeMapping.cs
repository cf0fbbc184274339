namespace Damon.Trace.Reports.Accesses;

/// <summary>Memory that is hot because the processor fetches code from it: no instruction accesses it, and no watchpoint stops there.</summary>
public static class CodeMapping
{
    /// <summary>Whether memory is executable and not writable.</summary>
    /// <param name="permissions">As in /proc/PID/maps, e.g. <c>r-xp</c>; null where they are not known, which is no code.</param>
    public static bool Is(string? permissions) => permissions is [_, not 'w', 'x', ..];
}
