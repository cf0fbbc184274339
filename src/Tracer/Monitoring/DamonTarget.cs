namespace Damon.Trace.Tracer.Monitoring;

/// <summary>One monitored address space with its regions, sorted and disjoint.</summary>
public sealed class DamonTarget
{
    /// <summary>Index of the target in its context: the target_id of every event.</summary>
    public required ulong TargetId { get; init; }
}
