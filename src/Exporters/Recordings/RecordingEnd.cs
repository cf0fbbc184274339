namespace Damon.Trace.Exporters.Recordings;

/// <summary>How a recording ended and what is missing from it.</summary>
/// <param name="Snapshots">Snapshots delivered.</param>
/// <param name="IncompleteSnapshots">Of these, how many lack regions.</param>
/// <param name="Events"><c>damon_aggregated</c> events delivered.</param>
/// <param name="LostEvents">Events known to be lost.</param>
/// <param name="Truncation">Where and why the recording breaks off, with its offset; null when it ends as it should.</param>
public sealed record RecordingEnd(long Snapshots, long IncompleteSnapshots, long Events, long LostEvents, string? Truncation)
{
    /// <summary>What the reader left out or had to assume, one sentence each: nothing is dropped in silence.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Equal when the notes are, too, whatever list holds them.</summary>
    public bool Equals(RecordingEnd? other) =>
        other is not null
        && (Snapshots, IncompleteSnapshots, Events, LostEvents, Truncation)
            == (other.Snapshots, other.IncompleteSnapshots, other.Events, other.LostEvents, other.Truncation)
        && Notes.SequenceEqual(other.Notes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Snapshots, IncompleteSnapshots, Events, LostEvents, Truncation, Notes.Count);
}
