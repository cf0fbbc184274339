namespace Damon.Trace.Reports.Wss;

/// <summary>Percentiles by damo's rule.</summary>
internal sealed record WssQuartiles(ulong P25, ulong P50, ulong P75);
