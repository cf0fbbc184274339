namespace Damon.Trace.Reports.Summary;

/// <summary>What recording cost and missed.</summary>
/// <param name="CpuPercent">Of one CPU, between the first heartbeat and the last; null with only one.</param>
/// <param name="LateChecks">Checks more than half a sampling interval late.</param>
/// <param name="MissedChecks">Sampling intervals without any check.</param>
internal sealed record SummaryRecorder(double? CpuPercent, ulong LateChecks, ulong MissedChecks);
