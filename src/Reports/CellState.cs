namespace Damon.Trace.Reports;

/// <summary>What is known of a cell of a heatmap.</summary>
internal enum CellState
{
    /// <summary>No snapshot says anything about it.</summary>
    NoData,

    /// <summary>Snapshots cover its time, and there was no memory at its addresses: not mapped, or not populated.</summary>
    NoMemory,

    /// <summary>Most of its memory could not be sampled: it may be hot or cold.</summary>
    Unknown,

    /// <summary>It has a heat.</summary>
    Known,
}
