namespace Damon.Trace.Reports.Heatmap;

/// <summary>A snapshot on the tape, without its regions.</summary>
/// <param name="Key">Whose it is.</param>
/// <param name="BeginNs">Begin of its time.</param>
/// <param name="EndNs">End of its time.</param>
/// <param name="MaxAccesses">The largest nr_accesses possible, where known.</param>
/// <param name="HzPerAccess">Frequency of one counted access, where known.</param>
/// <param name="Regions">How many it has.</param>
/// <param name="HasEstimates">Whether it says what memory they hold.</param>
internal readonly record struct TapeEntry(
    TargetKey Key, long BeginNs, long EndNs, double? MaxAccesses, double? HzPerAccess, int Regions, bool HasEstimates);
