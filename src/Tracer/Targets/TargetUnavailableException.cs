using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Targets;

/// <summary>A process cannot be monitored: it does not exist, has exited, or is not ours to look at.</summary>
public sealed class TargetUnavailableException(string message, string hint) : DamonTraceException(message, hint)
{
    /// <summary>There is no such process, or no more.</summary>
    internal bool HasGone { get; init; }
}
