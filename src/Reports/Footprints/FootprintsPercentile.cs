namespace Damon.Trace.Reports.Footprints;

/// <summary>So many per cent of the readings are not larger than this, by damo's rule; null where a size was never read.</summary>
internal sealed record FootprintsPercentile(
    int Percentile, ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes, ulong? WssBytes);
