using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Recordings;

/// <summary>A reader on a thread of its own calls its sink as it would without: everything, in order, and errors are their owner's.</summary>
public sealed class ReadAheadTests
{
    [Fact]
    public void EveryEvent_ArrivesInOrder()
    {
        HandmadeReader handmade = new(snapshots: 5000);
        RecordedCalls direct = new();
        handmade.Read(direct, CancellationToken.None);

        RecordedCalls ahead = new();
        new ReadAhead(handmade).Read(ahead, CancellationToken.None);

        Assert.Equal(direct.Lines, ahead.Lines);
        Assert.Equal(direct.End, ahead.End);
    }

    [Fact]
    public void TheSink_IsCalledByTheCaller()
    {
        int thread = Environment.CurrentManagedThreadId;
        List<int> threads = [];

        new ReadAhead(new HandmadeReader(snapshots: 10)).Read(new SnapshotSink(_ => threads.Add(Environment.CurrentManagedThreadId)), CancellationToken.None);

        Assert.Equal(10, threads.Count);
        Assert.All(threads, seen => Assert.Equal(thread, seen));
    }

    [Fact]
    public void WhatTheSinkThrows_IsThrown()
    {
        int seen = 0;
        ReadAhead reader = new(new HandmadeReader(snapshots: 20_000));

        Assert.Throws<IOException>(() => reader.Read(
            new SnapshotSink(_ =>
            {
                if (++seen == 3)
                {
                    throw new IOException("full");
                }
            }),
            CancellationToken.None));
        Assert.Equal(3, seen);
    }

    [Fact]
    public void WhatTheReaderThrows_ComesAfterWhatItRead()
    {
        int seen = 0;
        ReadAhead reader = new(new HandmadeReader(snapshots: 700) { Breaks = true });

        RecordingFormatException error = Assert.Throws<RecordingFormatException>(
            () => reader.Read(new SnapshotSink(_ => seen++), CancellationToken.None));
        Assert.Equal("broken", error.Message);
        Assert.Equal(700, seen);
    }

    /// <summary>A snapshot whose writer pauses afterwards is there before the next one is written.</summary>
    [Fact]
    public void ASlowRecording_ArrivesAtOnce()
    {
        using SemaphoreSlim seen = new(0);
        int missed = 0;
        HandmadeReader slow = new(snapshots: 20) { After = () => missed += seen.Wait(TimeSpan.FromSeconds(20)) ? 0 : 1 };

        new ReadAhead(slow).Read(new SnapshotSink(_ => seen.Release()), CancellationToken.None);

        Assert.Equal(0, missed);
    }

    /// <summary>Snapshots of 0 to 60 regions with as many estimates, between other events.</summary>
    private sealed class HandmadeReader(int snapshots) : IRecordingReader
    {
        internal bool Breaks { get; init; }

        internal Action? After { get; init; }

        public void Read(IRecordingSink sink, CancellationToken cancellation)
        {
            Random random = new(1);
            Snapshot snapshot = new();
            for (int i = 0; i < snapshots; i++)
            {
                snapshot.Clear();
                snapshot.Number = (ulong)i;
                snapshot.Kdamond = $"kdamond.{i % 3}";
                snapshot.NrRegions = (uint)random.Next(61);
                snapshot.WindowsNs = i % 2 == 0 ? (ulong)i : null;
                for (uint region = 0; region < snapshot.NrRegions; region++)
                {
                    snapshot.Add(new RegionEvent { TimestampNs = i, Cpu = (int)region, Start = region * 4096UL, End = (region + 1) * 4096UL, Age = (uint)i });
                    snapshot.AddEstimates([new() { ResidentPages = region, TouchedPages = i }]);
                }

                sink.OnSnapshot(snapshot);
                sink.OnIntervalsTuned(i, 1, "kdamond.0", 77, (ulong)random.Next());
                After?.Invoke();
            }

            if (Breaks)
            {
                throw new RecordingFormatException("broken");
            }

            sink.OnEnd(new RecordingEnd(snapshots, 0, 0, 0, null));
        }
    }
}
