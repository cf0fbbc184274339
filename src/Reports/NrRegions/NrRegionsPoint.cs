namespace Damon.Trace.Reports.NrRegions;

/// <summary>One snapshot: its end, in nanoseconds of the recording's clock and since 1970 UTC, and its number of regions.</summary>
internal sealed record NrRegionsPoint(long EndNs, long? WallEndNs, ulong NrRegions);
