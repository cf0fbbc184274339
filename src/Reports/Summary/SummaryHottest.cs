namespace Damon.Trace.Reports.Summary;

/// <summary>The hottest range of the last complete snapshot: the most accesses, then the largest.</summary>
internal sealed record SummaryHottest(
    ulong Start, ulong End, ulong SizeBytes, uint NrAccesses, double? Hz, string? Mapping);
