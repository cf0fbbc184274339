using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Receives a recording in time order: the one stream every reader produces and every writer and report consumes. Descriptions come
/// before the snapshots they describe and may be repeated unchanged.
/// </summary>
public interface IRecordingSink
{
    void OnContext(ContextDescription context) { }

    void OnTarget(TargetDescription target) { }

    void OnMapping(MappingDescription mapping) { }

    /// <summary>The sampling interval was tuned online.</summary>
    void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) { }

    void OnHeartbeat(in Heartbeat heartbeat) { }

    /// <summary>What memory a target holds; about once per second and target.</summary>
    void OnFootprint(in Footprint footprint) { }

    /// <summary>One snapshot; the instance is reused after the call returns.</summary>
    void OnSnapshot(Snapshot snapshot);

    /// <summary>The recording is over; called once, also for a truncated one. Writers finish their output here.</summary>
    void OnEnd(RecordingEnd end);
}
