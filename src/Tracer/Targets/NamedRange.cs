namespace Damon.Trace.Tracer.Targets;

/// <summary>Addresses that the target's runtime uses for one purpose, e.g. one generation of its heap.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="Name">In brackets as the kernel's own names: <c>[dotnet gen2]</c>.</param>
public readonly record struct NamedRange(ulong Start, ulong End, string Name);
