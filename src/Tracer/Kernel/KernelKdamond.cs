using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>One kdamond of the kernel, as far as it can be known without touching it.</summary>
/// <param name="Tid">Its thread id; with the comm it tells kdamonds apart, which target_id alone does not.</param>
/// <param name="Comm">Thread name, <c>kdamond.0</c>; <c>:TID</c> as perf prints it when the thread had ended before it was asked.</param>
/// <param name="Attributes">Intervals and bounds in force; null when no file tells them. They are not in the events.</param>
/// <param name="Operations">Address space, <c>vaddr</c>, <c>fvaddr</c> or <c>paddr</c>; empty when unknown.</param>
/// <param name="TargetPids">Process ids by target_id; empty for physical addresses.</param>
/// <param name="Owner">Where its settings were read, <c>kdamonds/0</c> of sysfs or a module's name; empty when nowhere.</param>
public sealed record KernelKdamond(
    int Tid, string Comm, ContextAttributes? Attributes, string Operations, IReadOnlyList<int> TargetPids, string Owner)
{
    /// <summary>True when both say the same; the lists are compared by their contents.</summary>
    public bool Equals(KernelKdamond? other) =>
        other is not null && Tid == other.Tid && Comm == other.Comm && Operations == other.Operations && Owner == other.Owner
        && Nullable.Equals(Attributes, other.Attributes) && TargetPids.SequenceEqual(other.TargetPids);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tid, Comm);
}
