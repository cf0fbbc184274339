namespace Damon.Trace.Reports.Schemes;

/// <summary>What <c>report schemes</c> selects.</summary>
public sealed record SchemesOptions : ReportSelection;
