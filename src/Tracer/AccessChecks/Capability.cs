namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>Whether something works on this machine; when not, why, and what would help.</summary>
public sealed record Capability(bool Available, string? Reason, string? Hint)
{
    /// <summary>The one answer without a reason.</summary>
    public static Capability Yes { get; } = new(true, null, null);

    public static Capability No(string reason, string? hint = null) => new(false, reason, hint);
}
