using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>The kernel's DAMON as it is found by reading.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Description">What was found, for people.</param>
/// <param name="Capability">Whether a recording may drive it; when not, why and what would help.</param>
public sealed record KernelDamonState(KernelDamonOwner Owner, string Description, Capability Capability);
