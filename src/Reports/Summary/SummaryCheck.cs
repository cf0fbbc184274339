namespace Damon.Trace.Reports.Summary;

/// <summary>How a kdamond came to know accessed pages, and the labels needed to read its numbers.</summary>
internal sealed record SummaryCheck(string Kdamond, string Operations, string AccessCheck, string Labels);
