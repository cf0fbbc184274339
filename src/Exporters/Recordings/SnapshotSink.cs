using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>Takes the snapshots of a recording, for whoever wants nothing else: <c>reader.Read(new SnapshotSink(s => ...), token)</c>.</summary>
/// <param name="take">Called for every snapshot in time order. The instance is reused: it is valid only during the call.</param>
public sealed class SnapshotSink(Action<Snapshot> take) : IRecordingSink
{
    /// <summary>Totals and what was lost; null until the recording has been read to its end.</summary>
    public RecordingEnd? End { get; private set; }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot) => take(snapshot);

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => End = end;
}
