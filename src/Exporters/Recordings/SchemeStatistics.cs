namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// The counters of a scheme since it began (<c>struct damos_stat</c>), in the order the kernel prints them. Null: not told.
/// </summary>
/// <param name="NrTried">Regions the scheme was tried on.</param>
/// <param name="SzTried">Their bytes.</param>
/// <param name="NrApplied">Regions it was applied to.</param>
/// <param name="SzApplied">Their bytes.</param>
/// <param name="SzOpsFilterPassed">Bytes that passed the filters of the operations set.</param>
/// <param name="QtExceeds">How often a quota was exceeded.</param>
/// <param name="NrSnapshots">Snapshots the scheme has seen.</param>
public readonly record struct SchemeStatistics(
    ulong? NrTried, ulong? SzTried, ulong? NrApplied, ulong? SzApplied, ulong? SzOpsFilterPassed, ulong? QtExceeds, ulong? NrSnapshots)
{
    /// <summary>How many counters there are.</summary>
    internal const int Count = 7;

    /// <summary>
    /// Takes them by their places and never by their labels: a kernel prints the label sz_tried twice, the second time for sz_applied.
    /// </summary>
    internal static SchemeStatistics From(ReadOnlySpan<ulong?> values) =>
        new(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
}
