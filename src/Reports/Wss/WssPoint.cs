namespace Damon.Trace.Reports.Wss;

/// <summary>One working set.</summary>
/// <param name="EndNs">End of its (last) aggregation, nanoseconds of the recording's clock.</param>
/// <param name="WallEndNs">The same in nanoseconds since 1970 UTC, where known.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record WssPoint(long EndNs, long? WallEndNs, ulong Bytes);
