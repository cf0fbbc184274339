using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>Keeps everything a reader delivers.</summary>
internal sealed class RecordedSink : SnapshotsOnly
{
    internal List<RecordedSnapshot> Snapshots { get; } = [];

    internal RecordingEnd? End { get; private set; }

    public override void OnSnapshot(Snapshot snapshot) => Snapshots.Add(new RecordedSnapshot(snapshot));

    public override void OnEnd(RecordingEnd end)
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
