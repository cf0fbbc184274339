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

        List<(HeatmapTape.Entry Entry, RegionEvent[] Regions)> found = [];
        tape.Replay((entry, snapshot) => found.Add((entry, snapshot.Regions.ToArray())));

        Assert.True(tape.IsWhole);
        Assert.Equal(expected, found.Select(each => each.Regions));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => new TargetKey(7, (ulong)i % 3)), found.Select(each => each.Entry.Key));
        Assert.All(found, each => Assert.Equal<(double?, double?)>((20, 10), (each.Entry.MaxAccesses, each.Entry.HzPerAccess)));
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (i + 1) * 100_000_000L), found.Select(each => each.Entry.EndNs));
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

        int taken = 0;
        tape.Replay((_, _) => taken++);
        Assert.False(tape.IsWhole);
        Assert.Equal(0, taken);
    }

    /// <summary>A recording that says nothing of memory is read once; with what it says of memory, and else the same, twice.</summary>
    [Fact]
    public void HeatIsTheSame_HoweverOftenItIsRead()
    {
        Random random = new(4);
        (ulong, ulong, uint, uint)[][] snapshots = [.. Enumerable.Range(0, 60).Select(_ => Settled(random))];

        (double?[][] once, int readOnce) = Heat(snapshots, new HeatmapOptions());
        (double?[][] twice, int readTwice) = Heat(snapshots, new HeatmapOptions(), beside: recording => recording.Call(sink =>
        {
            // Of a target of its own: the tape is not whole.
            Snapshot other = Of([new RegionEvent { Start = 0, End = 4096, NrAccesses = 1 }], 0);
            other.TargetId = 1;
            other.AddEstimates([new RegionEstimateRecord { ResidentPages = 1 }]);
            sink.OnSnapshot(other);
        }));

        Assert.Equal((1, 2), (readOnce, readTwice));
        Assert.Equal(once, twice);
    }

    private static (double?[][] Heat, int Reads) Heat(
        (ulong, ulong, uint, uint)[][] snapshots, HeatmapOptions options, Action<HandmadeRecording>? beside = null)
    {
        HandmadeRecording recording = new();
        foreach ((int i, (ulong, ulong, uint, uint)[] regions) in snapshots.Index())
        {
            recording.Snapshot(i, regions);
        }

        beside?.Invoke(recording);
        int reads = 0;
        HeatmapResult result = HeatmapReport.Compute(
            () =>
            {
                reads++;
                return recording;
            },
            options);
        return ([.. result.Targets[0].Rows.Select(row => row.Heat.ToArray())], reads);
    }

    private static (ulong, ulong, uint, uint)[] Settled(Random random)
    {
        List<(ulong, ulong, uint, uint)> regions = [];
        for (ulong at = 0x7f00_0000_0000; regions.Count < 100;)
        {
            ulong end = at + ((ulong)random.Next(1, 2000) * 4096);
            regions.Add((at, end, (uint)random.Next(21), 1));
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
