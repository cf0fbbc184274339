namespace Damon.Trace.Reports.Recency;

/// <summary>
/// So many per cent of the bytes have not been idle for longer than this; 0 for what is being accessed, null for longer than is known.
/// </summary>
internal sealed record RecencyPercentile(int Percentile, ulong? IdleUs);
