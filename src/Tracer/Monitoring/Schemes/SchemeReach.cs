namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What of a range can be acted on.</summary>
/// <param name="End">Up to where the limit reaches: the end of the range, or less; a multiple of the page size beyond its start.</param>
/// <param name="Bytes">Bytes up to there that can be acted on, at most the limit.</param>
public readonly record struct SchemeReach(ulong End, ulong Bytes);
