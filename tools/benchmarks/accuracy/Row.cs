namespace Damon.Trace.Accuracy;

/// <summary>A workload of the table.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What the table says.</param>
/// <param name="Arguments">Of the workload program.</param>
/// <param name="Seconds">How long it is recorded; what counts is the second half.</param>
internal sealed record Row(string Name, string Title, string Arguments, int Seconds = 10)
{
    /// <summary>Whether its children are recorded, too.</summary>
    internal bool RecordsChildren { get; init; }

    /// <summary>Whether only sweeps make its memory old: what is said of that is said of the 100 ms after one, not of a sampling interval.</summary>
    internal bool IsSwept { get; init; }

    /// <summary>Bytes it populates, or 0 where that is little.</summary>
    internal long Bytes { get; init; }

    /// <summary>Whether it is one of the few that decide, for a short run.</summary>
    internal bool IsDecisive { get; init; }

    /// <summary>Whether it needs folios between a page and a huge page.</summary>
    internal bool NeedsMultiSizeFolios { get; init; }
}
