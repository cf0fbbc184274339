using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Receives a recording in time order: the one stream every reader produces and every writer and report consumes. Descriptions come
/// before the snapshots they describe and may be repeated unchanged. No member has a default body, so that whoever passes a recording on
/// cannot forget one.
/// </summary>
public interface IRecordingSink
{
    /// <summary>What a kdamond monitors with; comes before its snapshots.</summary>
    void OnContext(ContextDescription context);

    /// <summary>A process that is monitored.</summary>
    void OnTarget(TargetDescription target);

    /// <summary>A mapping of a target; those of one generation come in address order.</summary>
    void OnMapping(MappingDescription mapping);

    /// <summary>The sampling interval was tuned online.</summary>
    void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs);

    /// <summary>Clocks and counters of the recorder, about once a second.</summary>
    void OnHeartbeat(in Heartbeat heartbeat);

    /// <summary>What memory a target holds; about once per second and target.</summary>
    void OnFootprint(in Footprint footprint);

    /// <summary>
    /// For how long the memory of a target has been idle; about once per second and target, after the snapshot of its time.
    /// </summary>
    /// <param name="idle">Facts of all records; valid during the call.</param>
    /// <param name="records">One per mapping; valid during the call.</param>
    void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records);

    /// <summary>
    /// What a scheme of the kernel's DAMON did or may do, where the source tells it.
    /// </summary>
    void OnScheme(in SchemeEvent scheme);

    /// <summary>
    /// An access that was sampled, or what is known of sampling them (<c>record --who</c>). Between snapshots; its time is up to some 100 ms earlier.
    /// </summary>
    void OnAccess(in AccessEvent access);

    /// <summary>One snapshot; the instance is reused after the call returns.</summary>
    void OnSnapshot(Snapshot snapshot);

    /// <summary>The recording is over; called once, also for a truncated one. Writers finish their output here.</summary>
    void OnEnd(RecordingEnd end);
}
