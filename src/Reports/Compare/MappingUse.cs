namespace Damon.Trace.Reports.Compare;

/// <summary>The memory of one name, summed over snapshots.</summary>
internal sealed class MappingUse
{
    public double MonitoredBytes { get; set; }

    public double AccessedBytes { get; set; }

    /// <summary>Hz times bytes.</summary>
    public double HzBytes { get; set; }
}
