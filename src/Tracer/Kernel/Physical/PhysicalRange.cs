using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Kernel.Physical;

/// <summary>A range of physical memory with one name.</summary>
/// <param name="Range">Its addresses.</param>
/// <param name="Name">Node and zone, <c>[node0 Normal]</c>; <c>[System RAM]</c> where no zone is known to hold it.</param>
public readonly record struct PhysicalRange(AddressRange Range, string Name);
