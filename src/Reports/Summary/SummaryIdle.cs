namespace Damon.Trace.Reports.Summary;

/// <summary>Memory idle for at least so long: of the longest time that holds for half of all idle memory.</summary>
internal sealed record SummaryIdle(ulong IdleUs, ulong Bytes);
