using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.TraceEvents;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>Relayed events keep the kdamond, CPU and time they came with, for both readers.</summary>
public sealed class RelayedTests
{
    private const int Regions = RelayedOrigin.MaxEvents + 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readers_ReplaceWhatTheRelayingThreadWouldSay(bool withTraceEvent)
    {
        byte[] stream = Record();
        var seen = new Seen();
        IRecordingReader reader = withTraceEvent
            ? new TraceEventReader(new MemoryStream(stream))
            : new NetTraceReader(new MemoryStream(stream));

        reader.Read(seen, CancellationToken.None);

        Assert.Equal(["kdamond.7 77 0 12000 True 5000 100000", "kdamond.8 88 0 1 True  "], seen.Snapshots);
        Assert.Equal((5, 1_000_000L), seen.First);
        Assert.Equal((6, 2_000_000L + (1999 * 10)), seen.Last);
        Assert.Equal(["kdamond.7 77 cpu 3 at 3000000 ns: 6000"], seen.Tunes);
        Assert.Equal(
            [
                "kdamond.7 77 cpu 2 at 3500000 ns: BeforeApply 1 9 0 ", "kdamond.7 77 cpu 2 at 3500000 ns: EffectiveQuota 1 0 4096 ",
                "kdamond.7 77 cpu 2 at 3500000 ns: Statistics 1 0 0 4",
            ],
            seen.Schemes);
        Assert.Equal(0, seen.End!.IncompleteSnapshots);
    }

    private static byte[] Record()
    {
        var regions = new DamonAggregated[Regions];
        uint[] delaysNs = new uint[RelayedOrigin.MaxEvents];
        for (int i = 0; i < Regions; i++)
        {
            ulong start = (ulong)(i + 1) * 4096;
            regions[i] = new DamonAggregated { NrRegions = Regions, Start = start, End = start + 4096 };
            delaysNs[i % delaysNs.Length] = (uint)(i % delaysNs.Length) * 10;
        }

        using ProviderSession session = ProviderSession.Start(64);
        using var copy = new MemoryStream();
        Task reading = Task.Run(() => session.EventStream.CopyTo(copy));
        var tracepoint = new DamonTracepoint();
        var attributes = new ContextAttributes { SampleUs = 5000, AggrUs = 100_000 };
        tracepoint.OnContext(new ContextDescription(attributes, "kdamond.7", "paddr", ContextDescription.KernelAccessCheck, ""));
        Span<DamonAggregated> all = regions;
        tracepoint.Relayed(new RelayedOrigin(77, 5, 1_000_000, "kdamond.7"), all[..RelayedOrigin.MaxEvents], delaysNs);
        tracepoint.Relayed(new RelayedOrigin(77, 6, 2_000_000, "kdamond.7"), all[RelayedOrigin.MaxEvents..], delaysNs.AsSpan(0, 2000));
        tracepoint.RelayedIntervalsTuned(new RelayedOrigin(77, 3, 3_000_000, "kdamond.7"), 6000);
        var at = new RelayedOrigin(77, 2, 3_500_000, "kdamond.7");
        tracepoint.RelayedBeforeApply(at, new DamosBeforeApply { SchemeIdx = 1, Region = new() { Start = 4096, End = 8192, Age = 9 } });
        tracepoint.RelayedEffectiveSize(at, new DamosEffectiveSize { SchemeIdx = 1, Esz = 4096 });
        tracepoint.RelayedSchemeStatistics(at, new DamosStatistics { SchemeIdx = 1, NrSnapshots = 4 });
        regions[0].NrRegions = 1;
        tracepoint.Relayed(new RelayedOrigin(88, 1, 4_000_000, "kdamond.8"), all[..1], [0]);
        session.Stop();
        reading.Wait();
        return copy.ToArray();
    }

    private sealed class Seen : IRecordingSink
    {
        internal List<string> Snapshots { get; } = [];

        internal List<string> Tunes { get; } = [];

        internal List<string> Schemes { get; } = [];

        internal (int Cpu, long Ns) First { get; private set; }

        internal (int Cpu, long Ns) Last { get; private set; }

        internal RecordingEnd? End { get; private set; }

        public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
            Tunes.Add($"{kdamond} {kdamondTid} cpu {cpu} at {timestampNs} ns: {sampleUs}");

        public void OnContext(ContextDescription context)
        {
        }

        public void OnTarget(TargetDescription target)
        {
        }

        public void OnMapping(MappingDescription mapping)
        {
        }

        public void OnHeartbeat(in Heartbeat heartbeat)
        {
        }

        public void OnFootprint(in Footprint footprint)
        {
        }

        public void OnScheme(in SchemeEvent scheme) => Schemes.Add(
            $"{scheme.Kdamond} {scheme.KdamondTid} cpu {scheme.Cpu} at {scheme.TimestampNs} ns: {scheme.Kind} {scheme.SchemeIndex} {scheme.Region.Age} "
            + $"{scheme.EffectiveBytes} {scheme.Statistics.NrSnapshots}");

        public void OnAccess(in AccessEvent access)
        {
        }

        public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
        {
        }

        public void OnSnapshot(Snapshot snapshot)
        {
            if (Snapshots.Count == 0)
            {
                First = (snapshot.Regions[0].Cpu, snapshot.Regions[0].TimestampNs);
                Last = (snapshot.Regions[^1].Cpu, snapshot.Regions[^1].TimestampNs);
            }

            Snapshots.Add(
                $"{snapshot.Kdamond} {snapshot.KdamondTid} {snapshot.TargetId} {snapshot.Count} {snapshot.Complete} {snapshot.SampleUs} {snapshot.AggrUs}");
        }

        public void OnEnd(RecordingEnd end) => End = end;
    }
}
