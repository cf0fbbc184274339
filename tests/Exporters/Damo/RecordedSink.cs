using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>Keeps everything a reader delivers.</summary>
internal sealed class RecordedSink : IRecordingSink
{
    internal List<RecordedSnapshot> Snapshots { get; } = [];

    internal RecordingEnd? End { get; private set; }

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

    public void OnSnapshot(Snapshot snapshot) => Snapshots.Add(new RecordedSnapshot(snapshot));

    public void OnEnd(RecordingEnd end)
    {
        Assert.Null(End);
        End = end;
    }

    internal static RecordedSink Read(IRecordingReader reader)
    {
        RecordedSink sink = new();
        reader.Read(sink, CancellationToken.None);
        Assert.NotNull(sink.End);
        Assert.Equal(sink.Snapshots.Count, sink.End.Snapshots);
        Assert.Equal(sink.Snapshots.Sum(s => s.Regions.Length), sink.End.Events);
        Assert.Equal(sink.Snapshots.Count(s => !s.Complete), sink.End.IncompleteSnapshots);
        return sink;
    }
}
