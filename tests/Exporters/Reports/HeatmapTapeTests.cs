using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class HeatmapTapeTests
{
    private const int Limit = 24 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatIsHeld_ComesBackAsItWas(int seed)
    {
        // Enough for several chunks: of every size of number, with gaps, pages and parts of pages, and not in order.
        Random random = new(seed);
        RegionEvent[][] expected = [.. Enumerable.Range(0, 400).Select(_ => Regions(random, random.Next(1, 1000)))];
        HeatmapTape tape = new(Limit);
        SnapshotMeter meter = new(new KnownIntervals(5_000, 100_000));
        foreach ((int i, RegionEvent[] regions) in expected.Index())
        {
            Snapshot snapshot = Of(regions, i);
            meter.Measure(snapshot);
            tape.Add(snapshot, meter);
        }

        List<(TapeEntry Entry, RegionEvent[] Regions, RegionEstimateRecord[] Estimates)> found = Replay(tape);

        Assert.True(tape.IsWhole);
        Assert.True(tape.Chunks.Count > 1);
        Assert.Equal(expected, found.Select(each => each.Regions));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => new TargetKey(7, (ulong)i % 3)), found.Select(each => each.Entry.Key));
        Assert.All(found, each => Assert.Empty(each.Estimates));
        Assert.All(found, each => Assert.Equal<(double?, double?)>((20, 10), (each.Entry.MaxAccesses, each.Entry.HzPerAccess)));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (i + 1) * 100_000_000L), found.Select(each => each.Entry.EndNs));
    }

    /// <summary>Of a settled process hardly anything is written, and what was not written comes back, too.</summary>
    [Fact]
    public void WhatHardlyChanges_TakesLittleAndComesBack()
    {
        Random random = new(5);
        RegionEvent[] regions = Regions(random, 500);
        RegionEstimateRecord[] estimates = [.. regions.Select(_ => Estimate(random))];
        List<(RegionEvent[] Regions, RegionEstimateRecord[] Estimates)> expected = [];
        HeatmapTape tape = new(1 << 20);
        SnapshotMeter meter = new(default);
        for (int i = 0; i < 1500; i++)
        {
            int changed = random.Next(500);
            regions[changed] = Regions(random, 1)[0];
            estimates[changed] = Estimate(random);
            int count = random.Next(400, 501);
            Snapshot snapshot = Of(regions[..count], i % 2);
            snapshot.AddEstimates(estimates.AsSpan(0, i % 2 > 0 ? count : 0));
            tape.Add(snapshot, meter);
            expected.Add((snapshot.Regions.ToArray(), snapshot.Estimates.ToArray()));
        }

        var found = Replay(tape);
        Assert.True(tape.IsWhole);
        Assert.Equal(expected.Select(each => each.Regions), found.Select(each => each.Regions));
        Assert.Equal(expected.Select(each => each.Estimates), found.Select(each => each.Estimates));
    }

    [Fact]
    public void WhatDoesNotFit_IsLetGo()
    {
        HeatmapTape tape = new(10_000);
        SnapshotMeter meter = new(default);
        Random random = new(3);
        for (int i = 0; i < 20; i++)
        {
            tape.Add(Of(Regions(random, 100), i), meter);
        }

        Assert.False(tape.IsWhole);
        Assert.Empty(Replay(tape));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HeatIsTheSame_HoweverOftenItIsRead(bool hasEstimates)
    {
        Random random = new(4);
        HandmadeRecording recording = new();
        for (int i = 0; i < 60; i++)
        {
            Snapshot snapshot = Of(Settled(random), i);
            snapshot.AddEstimates([.. Enumerable.Range(0, hasEstimates ? snapshot.Count : 0).Select(_ => Estimate(random))]);
            recording.Call(sink => sink.OnSnapshot(snapshot));
        }

        (string once, int readOnce) = Heat(recording, 24 << 20);
        (string twice, int readTwice) = Heat(recording, 0);
        Assert.Equal((1, 2), (readOnce, readTwice));
        Assert.Equal(once, twice);
    }

    private static (string Result, int Reads) Heat(HandmadeRecording recording, int tapeBytes)
    {
        int reads = 0;
        HeatmapResult result = HeatmapReport.Compute(
            () =>
            {
                reads++;
                return recording;
            },
            new HeatmapOptions(), tapeBytes, default);
        return (JsonSerializer.Serialize(result, ReportJson.Default.HeatmapResult), reads);
    }

    private static List<(TapeEntry Entry, RegionEvent[] Regions, RegionEstimateRecord[] Estimates)> Replay(HeatmapTape tape)
    {
        List<(TapeEntry, RegionEvent[], RegionEstimateRecord[])> found = [];
        foreach (TapeChunk chunk in tape.Chunks)
        {
            chunk.Replay((entry, snapshot) => found.Add((entry, snapshot.Regions.ToArray(), snapshot.Estimates.ToArray())));
        }

        return found;
    }

    private static RegionEstimateRecord Estimate(Random random) => new()
    {
        ResidentPages = (uint)random.Next(1000) >> random.Next(10),
        UnknownPages = (uint)random.Next(1000) >> random.Next(12),
        TouchedPages = random.Next(3) * random.NextSingle(),
    };

    private static RegionEvent[] Settled(Random random)
    {
        List<RegionEvent> regions = [];
        for (ulong at = 0x7f00_0000_0000; regions.Count < 100;)
        {
            ulong end = at + ((ulong)random.Next(1, 2000) * 4096);
            regions.Add(new RegionEvent { Start = at, End = end, NrAccesses = (uint)random.Next(21) });
            at = end + (random.Next(20) == 0 ? 1UL << 32 : 0);
        }

        return [.. regions];
    }

    private static RegionEvent[] Regions(Random random, int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        ulong start = (ulong)random.NextInt64(long.MaxValue) >> random.Next(63);
        ulong size = (ulong)random.NextInt64(long.MaxValue) >> random.Next(63);
        start &= random.Next(3) == 0 ? ulong.MaxValue : ~4095UL;
        size &= random.Next(3) == 0 ? ulong.MaxValue : ~4095UL;
        return new RegionEvent { Start = start, End = start + size, NrAccesses = (uint)random.NextInt64(1L << 32) >> random.Next(32) };
    })];

    private static Snapshot Of(RegionEvent[] regions, int number)
    {
        Snapshot snapshot = new()
        {
            KdamondTid = 7,
            TargetId = (ulong)number % 3,
            BeginNs = number * 100_000_000L,
            EndNs = (number + 1) * 100_000_000L,
            NrSamples = 20,
        };
        foreach (RegionEvent region in regions)
        {
            snapshot.Add(region);
        }

        return snapshot;
    }
}
