namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>Whether something works on this machine; when not, why, and what would help.</summary>
public sealed record Capability(bool Available, string? Reason, string? Hint)
{
    /// <summary>The one answer without a reason.</summary>
    public static Capability Yes { get; } = new(true, null, null);

    /// <summary>It does not work.</summary>
    /// <param name="reason">Why, for the user.</param>
    /// <param name="hint">What would help; null where nothing does.</param>
    public static Capability No(string reason, string? hint = null) => new(false, reason, hint);
}
