namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Takes the snapshots of a recording, for whoever wants nothing else: <c>reader.Read(new SnapshotSink(s => ...), token)</c>.
/// </summary>
/// <param name="take">Called for every snapshot in time order. The instance is reused: it is valid only during the call.</param>
public sealed class SnapshotSink(Action<Snapshot> take) : SnapshotsOnly
{
    /// <summary>Totals and what was lost; null until the recording has been read to its end.</summary>
    public RecordingEnd? End { get; private set; }

    /// <inheritdoc/>
    public override void OnSnapshot(Snapshot snapshot) => take(snapshot);

    /// <inheritdoc/>
    public override void OnEnd(RecordingEnd end) => End = end;
}
