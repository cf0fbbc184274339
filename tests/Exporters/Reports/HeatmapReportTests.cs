using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class HeatmapReportTests
{
    private const ulong Page = 4096;

    [Fact]
    public void A_map_shows_time_from_left_to_right_and_addresses_from_top_to_bottom()
    {
        // Two columns of one aggregation each, two rows of 16 pages each. 20 of 20 samples in 100 ms are 200 Hz, 10 are 100 Hz.
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 1_000_000_000L * 86_400 }
            .Target(0, 42, "app", "app -x")
            .Mapping(0, 0x100000, 0x120000, "rw-p", "[heap]")
            .Snapshot(0, [(0x100000, 0x110000, 20, 3), (0x110000, 0x120000, 0, 0)])
            .Snapshot(1, [(0x100000, 0x110000, 0, 0), (0x110000, 0x120000, 10, 0)]);

        string expected =
            """
            heatmap of target 0: pid 42 (app)
            from 1970-01-02 00:00:00.000 UTC, 200.0 ms long, 100.0 ms a column
                           0x000000100000-0x000000120000  128.000 KiB, 64.000 KiB a row
                           rw-p [heap]
            0x000000100000|9.|
            0x000000110000|.5|
                          +--+
                           0 s 200.0 ms
            heat: % of the samples that found it accessed, mean of a cell
                  . 0 %, 1 up to 11.1 %, 9 up to 100.0 %
            in Hz: 1 up to 22.2, 9 up to 200.0; 100 % is 200.0 Hz,
                   one access seen in each sampling interval
            ?     unknown: could not be sampled, may be hot or cold
            blank no memory there, or no data

            2 snapshots, 0 incomplete, 0 events lost

            """;
        Assert.Equal(expected, Draw(recording, new HeatmapOptions { Columns = 2, Rows = 2 }));
    }

    [Fact]
    public void Heat_is_never_inflated_by_age()
    {
        // Thirds that are constant over 30 snapshots, at 24, 90 and 156 Hz if a second had such counts: 2.4, 9, 15.6 of 20 samples.
        HandmadeRecording recording = new();
        for (int i = 0; i < 30; i++)
        {
            recording.Snapshot(i, [(0, 10 * Page, 2, (uint)i), (10 * Page, 20 * Page, 9, (uint)i), (20 * Page, 30 * Page, 16, (uint)i)]);
        }

        string map = Draw(recording, new HeatmapOptions { Columns = 10, Rows = 3 });

        // 20, 90 and 160 Hz; ninths of 160 Hz are 17.8 Hz each: 20 is in the second, 90 in the sixth.
        Assert.Contains("0x000000000000|2222222222|", map, StringComparison.Ordinal);
        Assert.Contains("0x00000000a000|6666666666|", map, StringComparison.Ordinal);
        Assert.Contains("0x000000014000|9999999999|", map, StringComparison.Ordinal);
        Assert.Equal(160, Hottest(map), 3);
    }

    [Fact]
    public void Memory_always_in_use_does_not_cool_down_when_the_interval_is_stretched()
    {
        // Found accessed in all 20 samples, first of 5 ms and then of 25 ms: 200 Hz and 40 Hz, but always 100 % of what can be seen.
        HandmadeRecording recording = new HandmadeRecording()
            .Stretched(0, 5_000, [(0, Page, 20, 0)])
            .Stretched(100_000_000, 25_000, [(0, Page, 20, 0)]);

        string map = Draw(recording, new HeatmapOptions { Columns = 6, Rows = 1 });

        Assert.Contains("|999999|", map, StringComparison.Ordinal);
        Assert.Contains("40.0 to 200.0 Hz here, as the interval changed", map, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_go_to_what_is_accessed_once_the_regions_have_adapted()
    {
        // A coarse region at first makes 1 MiB look accessed; from the eleventh snapshot on only one page of it is.
        HandmadeRecording recording = new();
        for (int i = 0; i < 30; i++)
        {
            recording.Snapshot(i, i < 10 ? [(0, 256 * Page, 20, 0)] : [(0, Page, 20, 0), (Page, 256 * Page, 0, 0)]);
        }

        string map = Draw(recording, new HeatmapOptions { Columns = 3, Rows = 4 });

        Assert.Contains("0x000000000000-0x000000001000  4.000 KiB", map, StringComparison.Ordinal);
        Assert.Contains("|999|", map, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_cell_is_hotter_than_the_sampling_allows(int seed)
    {
        Random random = new(seed);
        HandmadeRecording recording = new();
        for (int i = 0; i < 50; i++)
        {
            List<(ulong, ulong, uint, uint)> regions = [];
            for (ulong at = 0; at < 500 * Page;)
            {
                ulong next = at + (Page * (ulong)random.Next(1, 60));
                regions.Add((at, next, (uint)random.Next(21), (uint)random.Next(1000)));
                at = next;
            }

            recording.Snapshot(i, [.. regions]);
        }

        Assert.InRange(Hottest(Draw(recording, new HeatmapOptions { Columns = 37, Rows = 13 })), 0.001, 200);
    }

    [Fact]
    public void Wide_gaps_are_left_out_and_said()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0x1000, 0x2000, 1, 0), (0x2000, 0x10002000, 0, 9), (0x7fff_0000_0000, 0x7fff_0000_1000, 1, 0)]);
        string map = Draw(recording, new HeatmapOptions { Columns = 4, Rows = 4 });

        Assert.Contains("0x000000001000-0x000000002000  4.000 KiB", map, StringComparison.Ordinal);
        Assert.Contains("0x7fff00000000-0x7fff00001000  4.000 KiB", map, StringComparison.Ordinal);
        Assert.Contains("~ not shown: 256.000 MiB monitored, never accessed ~", map, StringComparison.Ordinal);

        // A row each although there were two for each: they are pages.
        Assert.Equal(2, Regex.Count(map, @"\|9999\|"));
    }

    [Fact]
    public void Missing_time_is_blank_and_not_cold()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, Page, 20, 0)])
            .Snapshot(3, [(0, Page, 0, 0)]);

        Assert.Contains("|9  .|", Draw(recording, new HeatmapOptions { Columns = 4, Rows = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_intervals_heat_is_in_samples_until_the_user_tells_them()
    {
        HandmadeRecording recording = new HandmadeRecording { HasIntervals = false }
            .Snapshot(0, [(0, Page, 10, 0)])
            .Snapshot(1, [(0, Page, 10, 0)]);

        string unknown = Draw(recording, new HeatmapOptions { Columns = 2, Rows = 1 });
        Assert.Contains("9 up to 10.000\n", unknown, StringComparison.Ordinal);
        Assert.Contains("per cent and Hz need the intervals: tell them with --sample and --aggr", unknown, StringComparison.Ordinal);

        HeatmapOptions told = new() { Columns = 2, Rows = 1, Known = new KnownIntervals(5000, 100_000) };
        string known = Draw(recording, told);
        Assert.Contains("9 up to 50.0 %", known, StringComparison.Ordinal);
        Assert.Contains("9 up to 100.0; 100 % is 200.0 Hz", known, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_and_address_ranges_select()
    {
        HandmadeRecording recording = new();
        for (int i = 0; i < 10; i++)
        {
            recording.Snapshot(i, [(0, 4 * Page, (uint)i, 0), (4 * Page, 8 * Page, 20, 0)]);
        }

        HeatmapOptions options = new() { Columns = 2, Rows = 1, FromNs = 400_000_000, ToNs = 600_000_000, ToAddress = 4 * Page };
        string map = Draw(recording, options);
        Assert.Contains("|89|", map, StringComparison.Ordinal);
        Assert.Equal(50, Hottest(map), 3);
    }

    [Fact]
    public void Colours_are_for_terminals_that_want_them()
    {
        HandmadeRecording recording = new HandmadeRecording().Snapshot(0, [(0, Page, 1, 0)]);

        Assert.DoesNotContain('\x1b', Draw(recording, new HeatmapOptions()));
        Assert.Contains("\x1b[48;5;226;38;5;16m9", Draw(recording, new HeatmapOptions { Colour = true }), StringComparison.Ordinal);
        Assert.True(ReportColour.IsWanted(isTerminal: true, noColor: null));
        Assert.False(ReportColour.IsWanted(isTerminal: true, noColor: "1"));
        Assert.False(ReportColour.IsWanted(isTerminal: false, noColor: null));
    }

    [Theory]
    [InlineData("80x20", 80, 20)]
    [InlineData("80", null, null)]
    [InlineData("0x5", null, null)]
    public void Resolutions_are_columns_by_rows(string text, int? columns, int? rows) =>
        Assert.Equal(columns is null ? null : (columns.Value, rows!.Value), HeatmapOptions.ParseResolution(text));

    [Fact]
    public void Sorted_by_heat_the_hottest_stretch_is_first()
    {
        // Three stretches far apart, of which something is found accessed in 5, 20 and 10 of 20 samples, and one that never is.
        const ulong gib = 1UL << 30;
        HandmadeRecording recording = new HandmadeRecording().Snapshot(
            0, [(gib, gib + (8 * Page), 5, 0), (2 * gib, (2 * gib) + Page, 20, 0), (3 * gib, (3 * gib) + Page, 10, 0), (4 * gib, 5 * gib, 0, 1)]);
        HeatmapOptions options = new() { Columns = 1, Rows = 6, HottestFirst = true };

        string[] rows = [.. Draw(recording, options).Split('\n').Where(line => line.StartsWith("0x", StringComparison.Ordinal)).Select(line => line[..16])];
        ulong[] starts = [.. Written.Json(HeatmapReport.Write, recording, options).GetProperty("targets")[0].GetProperty("rows").EnumerateArray()
            .Select(row => row.GetProperty("start").GetUInt64())];

        // Shares of 100, 50 and 25 %: ninths of the hottest are 9, 5 (4.5) and 3 (2.25). Three rows of six for the stretch of eight pages.
        Assert.Equal(["0x000080000000|9", "0x0000c0000000|5"], rows[..2]);
        Assert.Equal(3, rows[2..].Length);
        Assert.All(rows[2..], row => Assert.EndsWith("|3", row, StringComparison.Ordinal));
        Assert.Equal([2 * gib, 3 * gib], starts[..2]);
        Assert.Equal(starts[2..].Order(), starts[2..]);
        Assert.Contains("~ not shown: 1.000 GiB monitored, never accessed ~", Draw(recording, options), StringComparison.Ordinal);
        Assert.DoesNotContain("not monitored", Draw(recording, options), StringComparison.Ordinal);
    }

    [Fact]
    public void All_addresses_are_drawn_when_asked_for()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, 10 * Page, 0, 9), (10 * Page, 20 * Page, 20, 0), (20 * Page, 40 * Page, 0, 9)]);

        string accessed = Draw(recording, new HeatmapOptions { Columns = 1, Rows = 4 });
        Assert.Contains("~ not shown: 80.000 KiB monitored, never accessed ~", accessed, StringComparison.Ordinal);
        Assert.Equal(4, Regex.Count(accessed, @"\|9\|"));

        string all = Draw(recording, new HeatmapOptions { Columns = 1, Rows = 4, AllAddresses = true });
        Assert.DoesNotContain("not shown", all, StringComparison.Ordinal);
        Assert.Equal(["|.|", "|9|", "|.|", "|.|"], Regex.Matches(all, @"\|.\|").Select(match => match.Value));
    }

    [Fact]
    public void The_time_axis_and_the_time_range_may_be_wall_clock()
    {
        HandmadeRecording recording = new() { WallOffsetNs = 3_600_000_000_000 };
        for (int i = 0; i < 10; i++)
        {
            recording.Snapshot(i, [(0, Page, (uint)i, 0)]);
        }

        HeatmapOptions options = new() { Columns = 30, Rows = 1, WallTime = true, FromWallNs = 3_600_400_000_000, ToWallNs = 3_600_600_000_000 };
        string map = Draw(recording, options);
        Assert.Contains("from 1970-01-01 01:00:00.400 UTC, 200.0 ms long", map, StringComparison.Ordinal);
        Assert.Contains("01:00:00.400      01:00:00.600\n", map, StringComparison.Ordinal);
        Assert.Contains("time: UTC\n", map, StringComparison.Ordinal);
        Assert.Contains("2 of 10 snapshots", map, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_range_in_wall_clock_needs_one()
    {
        HandmadeRecording recording = new HandmadeRecording().Snapshot(0, [(0, Page, 1, 0)]);
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Draw(recording, new HeatmapOptions { FromWallNs = 1 }));
        Assert.Contains("no wall clock", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_are_told_in_per_cent_and_in_Hz()
    {
        // 20 of 20 samples in 100 ms, then 20 of 20 in 500 ms: 100 % both, 200 Hz and 40 Hz.
        HandmadeRecording recording = new HandmadeRecording()
            .Stretched(0, 5_000, [(0, Page, 20, 0), (Page, 2 * Page, 5, 0)])
            .Stretched(100_000_000, 25_000, [(0, Page, 20, 0), (Page, 2 * Page, 5, 0)]);

        HeatmapOptions options = new() { Columns = 6, Rows = 2 };
        JsonElement rows = Written.Json(HeatmapReport.Write, recording, options).GetProperty("targets")[0].GetProperty("rows");
        Assert.Equal([100, 100, 100, 100, 100, 100], Numbers(rows[0].GetProperty("heat")));
        Assert.Equal([200, 40, 40, 40, 40, 40], Numbers(rows[0].GetProperty("hz")));
        Assert.Equal([25, 25, 25, 25, 25, 25], Numbers(rows[1].GetProperty("heat")));
        Assert.Equal([50, 10, 10, 10, 10, 10], Numbers(rows[1].GetProperty("hz")));

        List<Dictionary<string, string>> table = Written.Csv(HeatmapReport.Write, recording, options);
        Assert.Equal(12, table.Count);
        Assert.Equal(("4096", "8192", "100000000", "200000000", "25", "10"), (
            table[7]["start"], table[7]["end"], table[7]["begin_ns"], table[7]["end_ns"], table[7]["percent"], table[7]["hz"]));
    }

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());

    private static string Draw(HandmadeRecording recording, HeatmapOptions options) => Written.Text(HeatmapReport.Write, recording, options);

    private static double Hottest(string map) =>
        double.Parse(Regex.Match(map, @"in Hz: 1 up to [0-9.]+, 9 up to ([0-9.]+);").Groups[1].Value, CultureInfo.InvariantCulture);
}
