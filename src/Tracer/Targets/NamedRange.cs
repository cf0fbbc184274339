namespace Damon.Trace.Tracer.Targets;

/// <summary>Addresses that the target's runtime uses for one purpose, e.g. one generation of its heap.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Name">In brackets as the kernel's own names: <c>[dotnet gen2]</c>. Empty: the mapping keeps its name, and has a label.</param>
public readonly record struct NamedRange(ulong Start, ulong End, string Name)
{
    /// <summary>What is kept there in the words of the target, e.g. a relation or a part of a file; empty for none.</summary>
    public string Label { get; init; } = "";
}
