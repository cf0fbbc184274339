namespace Damon.Trace.Reports.NrRegions;

/// <summary>The numbers of regions of one target, and when, if that is asked for.</summary>
internal sealed class NrRegionsSeries
{
    /// <summary>Snapshots seen, those left out at the begin included.</summary>
    public int Seen { get; set; }

    public Distribution Numbers { get; } = new();

    public List<(long EndNs, ulong NrRegions)> Points { get; } = [];
}
