namespace Damon.Trace.Exporters.Reports.Summary;

/// <summary>The intervals and bounds of a recording; least and most where they changed.</summary>
internal sealed record SummaryIntervals(
    ulong MinSampleUs, ulong MaxSampleUs, ulong MinAggrUs, ulong MaxAggrUs, ulong UpdateUs, uint MinNrRegions, uint MaxNrRegions);
