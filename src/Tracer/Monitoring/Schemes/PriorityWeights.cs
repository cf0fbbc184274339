namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>How much size, access frequency and age count for priority, in any common unit. As in the kernel, size is ignored.</summary>
public readonly record struct PriorityWeights(uint Size, uint NrAccesses, uint Age);
