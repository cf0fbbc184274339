namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>An access pattern in the units regions are counted in: bytes, samples of an aggregation, aggregations. Ends included.</summary>
public readonly record struct MatchRange(
    ulong MinSize, ulong MaxSize, uint MinNrAccesses, uint MaxNrAccesses, uint MinAge, uint MaxAge);
