namespace Damon.Trace.Reports.Recency;

/// <summary>Bytes of a mapping that have been idle for at least so many microseconds.</summary>
internal sealed record RecencyMappingTail(ulong IdleUs, ulong Bytes);
