namespace Damon.Trace.Reports.Wss;

/// <summary>How the working set is counted.</summary>
public sealed record WssOptions : ReportSelection
{
    /// <summary>A region belongs to the working set from this nr_accesses on.</summary>
    public uint AccessThreshold { get; init; } = 1;

    /// <summary>First snapshots of each target to leave out. damo leaves out 20, in which regions still adapt.</summary>
    public int SkipSnapshots { get; init; }

    /// <summary>
    /// Length in microseconds of the work one working set is for. Snapshots are joined until they cover it, as damo's --work_time does; 1
    /// takes every snapshot for itself.
    /// </summary>
    public ulong WorkTimeUs { get; init; } = 1;

    /// <summary>All targets as one; else each for itself.</summary>
    public bool Together { get; init; }

    /// <summary>In order of time instead of by size.</summary>
    public bool OverTime { get; init; }

    /// <summary>Which percentiles, 0 to 100.</summary>
    public IReadOnlyList<int> Percentiles { get; init; } = [0, 25, 50, 75, 90, 95, 99, 100];

    /// <summary>Width of the bar in characters.</summary>
    public int BarColumns { get; init; } = 30;
}
