namespace Damon.Trace.Reports.NrRegions;

/// <summary>So many per cent of the snapshots do not have more regions than this, by damo's rule.</summary>
internal sealed record NrRegionsPercentile(int Percentile, ulong NrRegions);
