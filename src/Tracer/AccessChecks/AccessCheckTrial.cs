namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>What came of trying one access check.</summary>
/// <param name="Kind">The access check.</param>
/// <param name="Capability">Whether it works on this machine and on all processes asked about; when not, why, and what would help.</param>
public sealed record AccessCheckTrial(AccessCheckKind Kind, Capability Capability);
