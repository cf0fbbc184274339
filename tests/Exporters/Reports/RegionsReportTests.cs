using System.Text.Json;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class RegionsReportTests
{
    [Fact]
    public void Ranges_are_listed_by_mean_heat_with_their_mapping()
    {
        // The heap's first half: 20 and 10 of 20 samples in two snapshots, 150 Hz on average. Its second half: 0 and 4, 20 Hz.
        HandmadeRecording recording = new HandmadeRecording()
            .Target(0, 42, "app", "app")
            .Mapping(0, 0x100000, 0x120000, "rw-p", "[heap]")
            .Mapping(0, 0x200000, 0x300000, "r--p", "/usr/lib/lib.so")
            .Snapshot(0, [(0x100000, 0x110000, 20, 0), (0x110000, 0x120000, 0, 0), (0x200000, 0x300000, 0, 9)])
            .Snapshot(1, [(0x100000, 0x110000, 10, 0), (0x110000, 0x120000, 4, 1), (0x200000, 0x280000, 0, 10), (0x280000, 0x300000, 0, 10)]);

        string expected =
            """
            regions of target 0: pid 42 (app)
            heat: mean in Hz, and % of samples that found it accessed
            age: for how long the frequency has been about the same, at 200.0 ms
            hottest (size x heat)                size        Hz      %      age  mapping
            0x000000100000-0x000000110000   64.00 KiB   150.000   75.0      0 s  rw-p [heap]
            0x000000110000-0x000000120000   64.00 KiB    20.000   10.0 100.0 ms  rw-p [heap]
            coldest                              size        Hz      %      age  mapping
            0x000000200000-0x000000300000    1.00 MiB     0.000    0.0   1.00 s
                r--p /usr/lib/lib.so
            0x000000110000-0x000000120000   64.00 KiB    20.000   10.0 100.0 ms  rw-p [heap]

            2 snapshots, 0 incomplete, 0 events lost

            """;
        Assert.Equal(expected, Write(recording, new RegionsOptions { Count = 2 }));
    }

    [Fact]
    public void No_share_exceeds_the_whole_when_the_interval_changes()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Stretched(0, 5_000, [(0x1000, 0x2000, 20, 0)])
            .Stretched(100_000_000, 25_000, [(0x1000, 0x2000, 20, 0)]);

        // 200 Hz for 100 ms and 40 Hz for 500 ms: (20 + 20) / 0.6 s.
        Assert.Contains("66.667  100.0", Write(recording, new RegionsOptions()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_ranges_come_from_the_last_complete_snapshot()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0x1000, 0x2000, 1, 0)])
            .Snapshot(1, [(0x5000, 0x6000, 1, 0)], missing: 4);

        string text = Write(recording, new RegionsOptions());
        Assert.Contains("0x000000001000-0x000000002000", text, StringComparison.Ordinal);
        Assert.DoesNotContain("000000005000", text, StringComparison.Ordinal);
        Assert.Contains("2 snapshots, 1 incomplete", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_other_processes_reach_the_terminal_as_plain_ASCII()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Mapping(0, 0x1000, 0x2000, "rw-p", "/tmp/\x1b[31mred")
            .Snapshot(0, [(0x1000, 0x2000, 1, 0)]);

        string text = Write(recording, new RegionsOptions());
        Assert.Contains("/tmp/?[31mred", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1b', text);
    }

    [Fact]
    public void Ranges_are_ordered_by_age_and_by_damos_temperature()
    {
        // Per cent of 20 samples and age in us, each times 100: 100 + 200000, 25 + 500000, -(0 + 900000), 5 + 0.
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 3_600_000_000_000 }.Snapshot(20,
            [(0x1000, 0x2000, 20, 2), (0x2000, 0x3000, 5, 5), (0x3000, 0x4000, 0, 9), (0x4000, 0x5000, 1, 0)]);
        RegionsOptions options = new() { Orders = [RegionOrder.Temperature, RegionOrder.Oldest] };

        JsonElement lists = Written.Json(RegionsReport.Write, recording, options).GetProperty("targets")[0].GetProperty("lists");
        Assert.Equal([0x2000, 0x1000, 0x4000, 0x3000], Starts(lists[0]));
        Assert.Equal([0x3000, 0x2000, 0x1000, 0x4000], Starts(lists[1]));
        Assert.Equal(
            [50_002_500, 20_010_000, 500, -90_000_000],
            lists[0].GetProperty("ranges").EnumerateArray().Select(range => range.GetProperty("temperature").GetDouble()));

        // The snapshot ends at 2.1 s: what is 9 intervals old has been so since 1.2 s.
        JsonElement oldest = lists[1].GetProperty("ranges")[0];
        Assert.Equal((900_000, 1_200_000_000, 3_601_200_000_000), (
            oldest.GetProperty("age_us").GetInt64(), oldest.GetProperty("since_ns").GetInt64(), oldest.GetProperty("since_wall_ns").GetInt64()));
        Assert.Contains("01:00:01.200", Write(recording, options with { WallTime = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_those_in_force_at_the_selected_time()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Mapping(0, 0x1000, 0x2000, "rw-p", "before")
            .Snapshot(0, [(0x1000, 0x2000, 1, 0)])
            .Call(sink => sink.OnMapping(new Events.MappingDescription(0, 2, 1, 0x1000, 0x2000, "rw-p", "after")))
            .Snapshot(1, [(0x1000, 0x2000, 1, 1)])
            .Snapshot(2, [(0x1000, 0x2000, 1, 2)]);

        Assert.Contains("rw-p after", Write(recording, new RegionsOptions()), StringComparison.Ordinal);

        // A recording that goes on with other mappings does not rename what was before.
        HandmadeRecording later = new HandmadeRecording()
            .Mapping(0, 0x1000, 0x2000, "rw-p", "before")
            .Snapshot(0, [(0x1000, 0x2000, 1, 0)])
            .Snapshot(1, [(0x1000, 0x2000, 1, 1)])
            .Call(sink => sink.OnMapping(new Events.MappingDescription(0, 2, 1, 0x1000, 0x2000, "rw-p", "after")))
            .Snapshot(2, [(0x1000, 0x2000, 1, 2)]);
        Assert.Contains("rw-p before", Write(later, new RegionsOptions { ToNs = 100_000_000 }), StringComparison.Ordinal);
    }

    private static IEnumerable<int> Starts(JsonElement list) =>
        list.GetProperty("ranges").EnumerateArray().Select(range => range.GetProperty("start").GetInt32());

    private static string Write(HandmadeRecording recording, RegionsOptions options) => Written.Text(RegionsReport.Write, recording, options);
}
