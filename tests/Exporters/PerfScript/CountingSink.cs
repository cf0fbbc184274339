using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>Counts and forgets.</summary>
internal sealed class CountingSink : IRecordingSink
{
    internal long Regions { get; private set; }

    public void OnContext(ContextDescription context)
    {
    }

    public void OnTarget(TargetDescription target)
    {
    }

    public void OnMapping(MappingDescription mapping)
    {
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    public void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    public void OnFootprint(in Footprint footprint)
    {
    }

    public void OnScheme(in SchemeEvent scheme)
    {
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    public void OnSnapshot(Snapshot snapshot) => Regions += snapshot.Count;

    public void OnEnd(RecordingEnd end)
    {
    }
}
