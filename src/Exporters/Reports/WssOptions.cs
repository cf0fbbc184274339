namespace Damon.Trace.Exporters.Reports;

/// <summary>How the working set is counted.</summary>
public sealed record WssOptions
{
    /// <summary>A region belongs to the working set from this nr_accesses on.</summary>
    public uint AccessThreshold { get; init; } = 1;

    /// <summary>First snapshots of each target to leave out. damo leaves out 20, in which regions still adapt.</summary>
    public int SkipSnapshots { get; init; }

    /// <summary>Width of the bar in characters.</summary>
    public int BarColumns { get; init; } = 30;
}
