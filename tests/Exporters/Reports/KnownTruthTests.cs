using System.Text.Json;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessChecks.Simulated;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>
/// The heat a report tells against the truth of a simulated workload: a minute of virtual time, the real monitoring core, 5 ms samples and
/// 100 ms aggregations. A page accessed at one moment in every period is found in one sampling window of it: 1 / period is its truth in Hz,
/// bounded by the 200 Hz of the sampling.
/// </summary>
public sealed class KnownTruthTests(ITestOutputHelper log)
{
    private const ulong Mib = 1 << 20;
    private const long SampleNs = 5_000_000;
    private const double MaxHz = 200;

    // Regions start coarse; damo leaves out the same 20 snapshots.
    private const long AdaptedNs = 2_000_000_000;

    private static readonly (string Name, SimulatedAccess Access, double Hz)[] s_workload =
    [
        ("always", new(Range(0, 64)), 200),
        ("every 50 ms", new(Range(1, 64)) { PeriodNs = 50_000_000 }, 20),
        ("every 500 ms", new(Range(2, 64)) { PeriodNs = 500_000_000, BeginNs = 7_000_000 }, 2),
        ("half of the pages each time", new(Range(3, 64)) { Probability = 0.5 }, 100),
        ("in a cold neighbourhood", new(Range(4, 16)), 200),
        ("every 10 ms", new(Range(5, 64)) { PeriodNs = 10_000_000 }, 100),
        ("every 20 ms", new(Range(6, 64)) { PeriodNs = 20_000_000, BeginNs = 3_000_000 }, 50),
    ];

    /// <summary>
    /// Regions of pages touched at random differ by chance; each merge of them rounds their mean nr_accesses down, as the kernel's does. The
    /// less a range is accessed, the more that weighs: it is held against one count of an aggregation, not against 10 per cent.
    /// </summary>
    private static readonly SimulatedAccess s_randomQuarter = new(Range(7, 64)) { Probability = 0.25 };

    private const double RandomQuarterHz = 50;
    private const double HzOfOneCount = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_heat_of_every_range_is_within_10_per_cent_of_the_truth(ulong seed)
    {
        HandmadeRecording recording = Record(seed, seconds: 60);
        foreach ((string name, SimulatedAccess access, double truth) in s_workload)
        {
            double hz = HzOf(recording, access.Range);
            log.WriteLine($"{name}: {hz:F2} Hz of {truth} Hz");
            Assert.InRange(hz, truth * 0.9, Math.Min(truth * 1.1, MaxHz));
        }

        double quarter = HzOf(recording, s_randomQuarter.Range);
        log.WriteLine($"a random quarter of the pages each time: {quarter:F2} Hz of {RandomQuarterHz} Hz");
        Assert.InRange(quarter, RandomQuarterHz - HzOfOneCount, RandomQuarterHz);

        // The rest of a mapping of which a part is in use is cold; a border of a region may be off by a little.
        Assert.InRange(HzOf(recording, new AddressRange(Range(4, 16).End + Mib, Range(4, 64).End)), 0, 1);
    }

    [Fact]
    public void No_cell_tells_more_than_one_access_a_sample()
    {
        HandmadeRecording recording = Record(seed: 3, seconds: 10);
        JsonElement map = Written.Json(HeatmapReport.Write, recording, new HeatmapOptions { Columns = 97, Rows = 61, AllAddresses = true })
            .GetProperty("targets")[0];
        double[] cells = [.. map.GetProperty("rows").EnumerateArray().SelectMany(row => row.GetProperty("hz").EnumerateArray())
            .Where(hz => hz.ValueKind == JsonValueKind.Number).Select(hz => hz.GetDouble())];
        Assert.True(cells.Length > 5000);
        Assert.All(cells, hz => Assert.InRange(hz, 0, MaxHz));
        Assert.Equal(MaxHz, map.GetProperty("max_hz").GetDouble());
    }

    /// <summary>The n-th mapping, a GiB from the next, and the first so many MiB of it.</summary>
    private static AddressRange Range(ulong n, ulong mib) => new((n + 1) << 30, ((n + 1) << 30) + (mib * Mib));

    private static double HzOf(HandmadeRecording recording, AddressRange range)
    {
        HeatmapOptions options = new()
        {
            Columns = 1,
            Rows = 1,
            FromAddress = range.Start,
            ToAddress = range.End,
            FromNs = AdaptedNs,
            AllAddresses = true,
        };
        JsonElement rows = Written.Json(HeatmapReport.Write, recording, options).GetProperty("targets")[0].GetProperty("rows");
        Assert.Equal((1, range.Start, range.End), (rows.GetArrayLength(), rows[0].GetProperty("start").GetUInt64(), rows[0].GetProperty("end").GetUInt64()));
        return rows[0].GetProperty("hz")[0].GetDouble();
    }

    private static HandmadeRecording Record(ulong seed, int seconds)
    {
        HandmadeRecording recording = new();
        long now = 0;
        AddressRange[] mappings = [.. Enumerable.Range(0, s_workload.Length + 1).Select(n => Range((ulong)n, 64))];
        SimulatedAddressSpace space = new(() => now, mappings);
        using SimulatedAccessCheck check = new(space, () => now, new SeededRandom(seed + 100), [.. s_workload.Select(line => line.Access), s_randomQuarter]);
        DamonContext context = new(new DamonAttributes(), new SeededRandom(seed), new Recorder(recording), minRegionSize: 4096);
        context.AddTarget(mappings, check);
        context.Start();
        for (int pass = 0; pass < seconds * 200; pass++)
        {
            context.PrepareAccessChecks();
            now += SampleNs;
            context.CheckAccesses();
        }

        return recording;
    }

    private sealed class Recorder(HandmadeRecording recording) : IAggregationObserver
    {
        private int _number;

        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            List<(ulong, ulong, uint, uint)> list = [];
            foreach (ref readonly DamonRegion region in regions)
            {
                list.Add((region.Start, region.End, region.NrAccesses, region.Age));
            }

            recording.Snapshot(_number++, [.. list]);
        }

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }
    }
}
