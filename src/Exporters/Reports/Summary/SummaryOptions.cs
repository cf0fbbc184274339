namespace Damon.Trace.Exporters.Reports.Summary;

/// <summary>What is summed up.</summary>
public sealed record SummaryOptions : ReportSelection;
