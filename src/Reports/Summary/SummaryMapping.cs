namespace Damon.Trace.Reports.Summary;

/// <summary>The memory of one name in the last complete snapshot.</summary>
internal sealed record SummaryMapping(string Mapping, ulong AccessedBytes, ulong MonitoredBytes);
