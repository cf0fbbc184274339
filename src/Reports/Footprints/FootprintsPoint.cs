namespace Damon.Trace.Reports.Footprints;

/// <summary>One reading of the footprint and the working set of the last complete snapshot before it; null where a size was not read.</summary>
internal sealed record FootprintsPoint(
    long TimeNs, long? WallTimeNs, ulong? VszBytes, ulong? RssBytes, ulong? PssBytes, ulong? SwapBytes, ulong? WssBytes);
