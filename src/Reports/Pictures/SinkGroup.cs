using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Pictures;

/// <summary>Several consumers of one reading.</summary>
internal sealed class SinkGroup(params IRecordingSink[] sinks) : IRecordingSink
{
    public void OnContext(ContextDescription context)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnContext(context);
        }
    }

    public void OnTarget(TargetDescription target)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnTarget(target);
        }
    }

    public void OnMapping(MappingDescription mapping)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnMapping(mapping);
        }
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs);
        }
    }

    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnHeartbeat(in heartbeat);
        }
    }

    public void OnFootprint(in Footprint footprint)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnFootprint(in footprint);
        }
    }

    public void OnScheme(in SchemeEvent scheme)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnScheme(in scheme);
        }
    }

    public void OnAccess(in AccessEvent access)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnAccess(in access);
        }
    }

    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnIdle(in idle, records);
        }
    }

    public void OnSnapshot(Snapshot snapshot)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnSnapshot(snapshot);
        }
    }

    public void OnEnd(RecordingEnd end)
    {
        foreach (IRecordingSink sink in sinks)
        {
            sink.OnEnd(end);
        }
    }
}
