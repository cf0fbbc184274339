namespace Damon.Trace.Reports.Summary;

/// <summary>What is summed up.</summary>
public sealed record SummaryOptions : ReportSelection;
