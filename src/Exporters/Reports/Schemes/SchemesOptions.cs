namespace Damon.Trace.Exporters.Reports.Schemes;

/// <summary>What <c>report schemes</c> selects.</summary>
public sealed record SchemesOptions : ReportSelection;
