using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// A sink for whom a recording is its snapshots, and perhaps what its contexts say: all other events are left out, which its base says.
/// Every other sink implements each event itself, so that none is forgotten.
/// </summary>
public abstract class SnapshotsOnly : IRecordingSink
{
    /// <inheritdoc/>
    public virtual void OnContext(ContextDescription context)
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
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public abstract void OnSnapshot(Snapshot snapshot);

    /// <inheritdoc/>
    public virtual void OnEnd(RecordingEnd end)
    {
    }
}
