namespace Damon.Trace.Tracer.Targets;

/// <summary>A process cannot be monitored. The message is one line for the user; the hint says what would help.</summary>
public sealed class TargetUnavailableException(string message, string hint) : Exception(message)
{
    /// <summary>What the user can do about it, one line.</summary>
    public string Hint { get; } = hint;
}
