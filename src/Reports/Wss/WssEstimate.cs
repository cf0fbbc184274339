namespace Damon.Trace.Reports.Wss;

/// <summary>What all samples say about the bytes touched in one sampling interval: without bias, whatever the regions are.</summary>
/// <param name="TouchedPerSampleBytes">Quartiles over the snapshots.</param>
/// <param name="LowBytes">Lower bound of the 95 % interval of the snapshot with the median.</param>
/// <param name="HighBytes">Upper bound of the same.</param>
/// <param name="UnknownBytes">Bytes of that snapshot about which nothing is known: they come on top of any bound.</param>
/// <param name="ResidentBytes">Memory held in that snapshot.</param>
internal sealed record WssEstimate(
    WssQuartiles TouchedPerSampleBytes, ulong LowBytes, ulong HighBytes, ulong UnknownBytes, ulong ResidentBytes);
