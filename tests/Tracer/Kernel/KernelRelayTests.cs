using System.Buffers.Binary;
using Damon.Trace.Tracer.Kernel;

namespace Damon.Trace.Tracer.Tests.Kernel;

public sealed class KernelRelayTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly FakeRing _ring = new(8192);
    private readonly RecordingKernelObserver _observer = new();

    public void Dispose()
    {
        _ring.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void EveryEvent_KeepsItsThreadCpuTimeAndFields()
    {
        WriteKdamond();
        KernelRelay relay = Relay((KernelEventKind.Aggregated, Formats.Aggregated), (KernelEventKind.BeforeApply, Formats.BeforeApply));
        byte[] apply = new byte[52];
        BinaryPrimitives.WriteUInt16LittleEndian(apply, 769);
        BinaryPrimitives.WriteUInt32LittleEndian(apply.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(apply.AsSpan(12), 2);
        BinaryPrimitives.WriteUInt64LittleEndian(apply.AsSpan(16), 3);
        BinaryPrimitives.WriteUInt64LittleEndian(apply.AsSpan(24), 4096);
        BinaryPrimitives.WriteUInt64LittleEndian(apply.AsSpan(32), 8192);
        BinaryPrimitives.WriteUInt32LittleEndian(apply.AsSpan(40), 5);
        BinaryPrimitives.WriteUInt32LittleEndian(apply.AsSpan(44), 6);
        BinaryPrimitives.WriteUInt32LittleEndian(apply.AsSpan(48), 7);

        _ring.Write(FakeRing.Sample(77, 1001, 3, apply));
        _ring.Write(FakeRing.Sample(77, 1000, 3, FakeRing.Aggregated(767, 9, 1258, 4294967296, ulong.MaxValue, 20, 11)));
        _ring.Write(FakeRing.Sample(77, 999, 3, new byte[52]));
        Deliver(relay);

        Assert.Equal(
            [
                "kdamond kdamond.0 77 sample=5000 aggr=100000",
                "kdamond.0 77 [3] 1000: aggregated target_id=9 nr_regions=1258 4294967296-18446744073709551615: 20 11",
                "kdamond.0 77 [3] 1001: before_apply 1 2 target_id=3 nr_regions=7 4096-8192: 5 6",
            ],
            _observer.Lines);
        Assert.Equal(2UL, relay.NrEvents);
    }

    [Fact]
    public void QuotasAndCounters_KeepTheirPlaces()
    {
        KernelRelay relay = Relay((KernelEventKind.EffectiveSize, Formats.EffectiveSize), (KernelEventKind.SchemeStatistics, Formats.SchemeStatistics));
        byte[] size = new byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(size, 770);
        BinaryPrimitives.WriteUInt32LittleEndian(size.AsSpan(8), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(size.AsSpan(12), 2);
        BinaryPrimitives.WriteUInt64LittleEndian(size.AsSpan(16), 1 << 20);
        byte[] counters = new byte[76];
        BinaryPrimitives.WriteUInt16LittleEndian(counters, 772);
        BinaryPrimitives.WriteUInt32LittleEndian(counters.AsSpan(12), 3);
        for (int i = 0; i < 7; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(counters.AsSpan(16 + (i * 8)), (ulong)i + 10);
        }

        _ring.Write(FakeRing.Sample(5, 1, 0, size));
        _ring.Write(FakeRing.Sample(5, 2, 0, counters));
        Deliver(relay);

        Assert.Equal([":5 5 [0] 1: esz 1 2 1048576", ":5 5 [0] 2: stat 0 3 10 11 12 13 14 15 16"], _observer.Lines[^2..]);
    }

    [Fact]
    public void KernelWithoutAge_GivesZero()
    {
        KernelRelay relay = Relay((KernelEventKind.Aggregated, Formats.AggregatedWithoutAge));
        _ring.Write(FakeRing.Sample(5, 1, 0, FakeRing.Aggregated(512, 0, 1, 0, 4096, 7, 99)));
        Deliver(relay);
        Assert.Equal("target_id=0 nr_regions=1 0-4096: 7 0", RecordingKernelObserver.Text(_observer.Aggregated[0].Region));
    }

    [Fact]
    public void RegionAggregated_CarriesTheHitsOfItsProbes()
    {
        KernelRelay relay = Relay((KernelEventKind.RegionAggregated, Formats.RegionAggregated));
        byte[] raw = new byte[51];
        BinaryPrimitives.WriteUInt16LittleEndian(raw, 771);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(24), 4096);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(32), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(44), (3u << 16) | 48);
        raw[48] = 1;
        raw[50] = 3;
        _ring.Write(FakeRing.Sample(5, 1, 0, raw));
        Deliver(relay);
        Assert.Equal(":5 5 [0] 1: region_aggregated target_id=0 nr_regions=1 0-4096: 0 0 probe_hits=010003", _observer.Lines[^1]);
    }

    [Fact]
    public void Tuning_AnnouncesTheNewIntervalsBeforeTheirEvent()
    {
        WriteKdamond();
        KernelRelay relay = Relay((KernelEventKind.IntervalsTune, Formats.IntervalsTune));
        byte[] raw = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(raw, 768);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(8), 7500);
        _ring.Write(FakeRing.Sample(77, 5, 1, raw));
        Deliver(relay);
        relay.AnnounceChanges(_observer);
        Assert.Equal(
            [
                "kdamond kdamond.0 77 sample=5000 aggr=100000",
                "kdamond kdamond.0 77 sample=7500 aggr=150000",
                "kdamond.0 77 [1] 5: tune 7500",
            ],
            _observer.Lines);
    }

    [Fact]
    public void Announcements_TellOfKdamondsThatRunAlreadyAndOfChangesOnly()
    {
        WriteKdamond();
        KernelRelay relay = Relay();
        relay.AnnounceRunning(_observer);
        relay.AnnounceChanges(_observer);
        _files.Write("kdamonds/0/contexts/0/monitoring_attrs/intervals/aggr_us", "200000\n");

        // The pid is not asked for again: a reader of it can make a command of the kdamond's owner fail.
        File.Delete(_files.File("kdamonds/0/pid"));
        relay.AnnounceChanges(_observer);
        Assert.Equal(
            ["kdamond kdamond.0 77 sample=5000 aggr=100000", "kdamond kdamond.0 77 sample=5000 aggr=200000"], _observer.Lines);
    }

    [Fact]
    public void LostRecords_AreCountedAndReportedWithTheirCpu()
    {
        KernelRelay relay = Relay();
        _ring.Write(FakeRing.Lost(2, 40));
        _ring.Write(FakeRing.Lost(13, 2));
        Deliver(relay);
        Assert.Equal(["lost [6] 40", "lost [6] 2"], _observer.Lines);
        Assert.Equal(42UL, relay.NrLost);
    }

    private void WriteKdamond()
    {
        _files.Write("proc/77/comm", "kdamond.0\n");
        _files.Write("kdamonds/0/pid", "77\n");
        _files.Write("kdamonds/0/contexts/0/monitoring_attrs/intervals/sample_us", "5000\n");
        _files.Write("kdamonds/0/contexts/0/monitoring_attrs/intervals/aggr_us", "100000\n");
    }

    private KernelRelay Relay(params (KernelEventKind Kind, string Format)[] tracepoints)
    {
        var reader = new KernelKdamondReader(_files.File("proc"), _files.File("kdamonds"), _files.File("modules"));
        return new KernelRelay(
            [.. tracepoints.Select(tracepoint => new KernelTracepoint(tracepoint.Kind, TraceFormat.Parse(tracepoint.Format)))],
            new KernelKdamonds(reader));
    }

    private void Deliver(KernelRelay relay)
    {
        var sink = new KernelRelay.Sink(relay, _observer, 6);
        _ring.Reader.Drain(ref sink);
        relay.Deliver(_observer, ulong.MaxValue);
    }
}
