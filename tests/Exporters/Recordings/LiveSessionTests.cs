using Damon.Trace.Benchmarks;
using System.Diagnostics;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.TraceEvents;
using Microsoft.Diagnostics.NETCore.Client;

namespace Damon.Trace.Exporters.Tests.Recordings;

[Collection(SessionGroup.Name)]
public sealed class LiveSessionTests
{
    [Fact]
    public void Snapshots_of_a_live_session_arrive_while_it_runs()
    {
        List<double> delaysMs = [];
        RecordedCalls calls = new()
        {
            Seen = snapshot => delaysMs.Add((Stopwatch.GetTimestamp() - snapshot.Regions[^1].TimestampNs) / 1e6),
        };
        using EventPipeSession session = SyntheticRecording.StartSession(64);
        Thread reader = Start(() => new NetTraceReader(session.EventStream).Read(calls, CancellationToken.None));
        SyntheticRecording recording = new(regionsPerSnapshot: 100);
        recording.EmitDescriptions();
        using Timer heartbeat = new(_ => recording.EmitHeartbeat(), null, 0, 100);
        for (int i = 0; i < 20; i++)
        {
            recording.EmitSnapshot();
            Thread.Sleep(50);
        }

        Thread.Sleep(1000);
        int beforeStop = delaysMs.Count;
        session.Stop();
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)));

        Assert.Equal(20, beforeStop);
        Assert.Equal(20, calls.End!.Snapshots);

        // The runtime drains every 100 ms and the heartbeat releases what waits; the bound leaves room for a busy machine.
        delaysMs.Sort();
        Assert.InRange(delaysMs[10], 0, 1000);
    }

    [Fact]
    public void Two_consumers_get_the_same_events()
    {
        using EventPipeSession first = SyntheticRecording.StartSession(64);
        using EventPipeSession second = SyntheticRecording.StartSession(64);
        RecordedCalls own = new();
        RecordedCalls other = new();
        Thread a = Start(() => new NetTraceReader(first.EventStream).Read(own, CancellationToken.None));
        Thread b = Start(() => new TraceEventReader(second.EventStream).Read(other, CancellationToken.None));
        SyntheticRecording recording = new(regionsPerSnapshot: 100);
        recording.EmitDescriptions();
        recording.EmitSnapshots(50, pauseEvery: 10);
        first.Stop();
        second.Stop();
        Assert.True(a.Join(TimeSpan.FromSeconds(20)) && b.Join(TimeSpan.FromSeconds(20)));

        // Each session stamps its own copy of an event, so the checksums at the end, which include the times, differ.
        Assert.Equal(5000, own.End!.Events);
        Assert.Equal(other.Lines.Select(WithoutChecksum), own.Lines.Select(WithoutChecksum));
        Assert.Equal(other.End, own.End);
    }

    [Fact]
    public void A_late_attacher_reads_from_where_it_attached()
    {
        using EventPipeSession early = SyntheticRecording.StartSession(64);
        Thread drain = Start(() => early.EventStream.CopyTo(Stream.Null));
        SyntheticRecording recording = new(regionsPerSnapshot: 100);
        recording.EmitDescriptions();
        recording.EmitSnapshots(5, pauseEvery: 1);
        using EventPipeSession late = SyntheticRecording.StartSession(64);
        RecordedCalls calls = new();
        Thread reader = Start(() => new NetTraceReader(late.EventStream).Read(calls, CancellationToken.None));
        recording.EmitSnapshots(1, pauseEvery: 10);
        recording.EmitDescriptions();
        recording.EmitSnapshots(2, pauseEvery: 10);
        late.Stop();
        early.Stop();
        Assert.True(reader.Join(TimeSpan.FromSeconds(20)) && drain.Join(TimeSpan.FromSeconds(20)));

        Assert.Equal(new RecordingEnd(3, 0, 300, 0, null), calls.End);
        string[] names = calls.Lines.Where(line => line.StartsWith("snapshot", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1]).ToArray();
        Assert.Equal(["kdamond", "kdamond.0", "kdamond.0"], names);
    }

    [Fact]
    public void Lost_events_are_counted_exactly_and_their_snapshots_marked()
    {
        using EventPipeSession session = SyntheticRecording.StartSession(bufferMb: 1);
        RecordedCalls calls = new();
        using MemoryStream copy = new();
        Thread copier = Start(() => session.EventStream.CopyTo(copy));
        SyntheticRecording recording = new(regionsPerSnapshot: 1000) { HasEstimates = false };
        recording.EmitDescriptions();
        Thread.Sleep(300);

        // A burst of 100,000 events into a buffer that holds about 7,500.
        for (int i = 0; i < 100; i++)
        {
            recording.EmitSnapshot();
        }

        Thread.Sleep(500);
        recording.EmitSnapshot();
        recording.EmitHeartbeat();
        session.Stop();
        Assert.True(copier.Join(TimeSpan.FromSeconds(20)));
        new NetTraceReader(new MemoryStream(copy.ToArray())).Read(calls, CancellationToken.None);
        RecordedCalls other = new();
        new TraceEventReader(new MemoryStream(copy.ToArray())).Read(other, CancellationToken.None);

        // Every call is one event, but a snapshot is as many as it has regions, and its header unless that was lost.
        long headers = calls.Lines.Count(line => line.StartsWith("snapshot", StringComparison.Ordinal)
            && !line.Contains(" .. ", StringComparison.Ordinal));
        long others = calls.Lines.Count(line => !line.StartsWith("snapshot", StringComparison.Ordinal));
        Assert.True(calls.End!.LostEvents > 0);
        Assert.Equal(recording.Emitted, calls.End.LostEvents + calls.Regions + headers + others);
        Assert.Equal(other.End!.LostEvents, calls.End.LostEvents);
        Assert.Equal(other.Lines, calls.Lines);
        Assert.InRange(calls.End.IncompleteSnapshots, 1, calls.End.Snapshots);
        Assert.Contains(" 1000/1000 True ", calls.Lines[^2], StringComparison.Ordinal);
    }

    private static string WithoutChecksum(string line) =>
        line.StartsWith("snapshot", StringComparison.Ordinal) ? line[..line.LastIndexOf(' ')] : line;

    private static Thread Start(Action work)
    {
        Thread thread = new(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
