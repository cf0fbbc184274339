namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What came of acting on a region.</summary>
/// <param name="Charged">Bytes that count against the quota: those that the action was asked for.</param>
/// <param name="Applied">Bytes that were really acted on.</param>
/// <param name="FilterPassed">Bytes that the filters by kind of memory let pass.</param>
public readonly record struct SchemeOutcome(ulong Charged, ulong Applied, ulong FilterPassed);
