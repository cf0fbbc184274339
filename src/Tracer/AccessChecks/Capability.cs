namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>Whether something is possible here, and if not, why and what would help.</summary>
public sealed record Capability(bool Available, string? Reason, string? Hint)
{
    /// <summary>It is possible.</summary>
    public static Capability Yes() => new(true, null, null);

    /// <summary>It is not possible.</summary>
    public static Capability No(string reason, string hint) => new(false, reason, hint);
}
