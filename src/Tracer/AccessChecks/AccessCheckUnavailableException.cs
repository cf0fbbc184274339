using Damon.Trace.Events;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>No access check, or not the one asked for, works here and on these processes.</summary>
public sealed class AccessCheckUnavailableException(string message, string? hint, IReadOnlyList<AccessCheckTrial> trials)
    : DamonTraceException(message, hint)
{
    /// <summary>Every access check that was tried, in this order, with the reason why it does not work.</summary>
    public IReadOnlyList<AccessCheckTrial> Trials { get; } = trials;
}
