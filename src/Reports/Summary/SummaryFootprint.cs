namespace Damon.Trace.Reports.Summary;

/// <summary>What memory a target held; null for what could not be read.</summary>
internal sealed record SummaryFootprint(ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes);
