using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class WssReportTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Percentiles_follow_damos_rule()
    {
        // Snapshot i has i + 1 pages accessed, one page not, i = 0..7, and one incomplete snapshot.
        HandmadeRecording recording = Growing(new HandmadeRecording { Lost = 3 }.Target(0, 42, "app", "app"));
        recording.Snapshot(8, [(0, 1000 * Page, 1, 0)], missing: 3);

        // Indexes of 8 sizes: int(0.25 * 8) = 2, 4, 6, int(7.2) = 7, 7, 7, 8 clamped to 7. Bars are 8ths of 8 characters.
        string expected =
            """
            working set size: bytes of regions with nr_accesses >= 1, per snapshot

            target 0: pid 42 (app), 8 snapshots
              mean 18432 bytes, 18.000 KiB
              percentile            bytes          size
                       0             4096     4.000 KiB |*       |
                      25            12288    12.000 KiB |***     |
                      50            20480    20.000 KiB |*****   |
                      75            28672    28.000 KiB |******* |
                      90            32768    32.000 KiB |********|
                      95            32768    32.000 KiB |********|
                      99            32768    32.000 KiB |********|
                     100            32768    32.000 KiB |********|

            left out: 1 incomplete snapshots, 0 skipped at the start
            9 snapshots, 1 incomplete, 3 events lost

            """;
        Assert.Equal(expected, Written.Text(WssReport.Write, recording, new WssOptions { BarColumns = 8 }));
    }

    [Fact]
    public void Over_time_every_row_has_its_moment()
    {
        HandmadeRecording recording = Growing(new HandmadeRecording { WallOffsetNs = 86_400_000_000_000 });

        string text = Written.Text(WssReport.Write, recording, new WssOptions { OverTime = true, BarColumns = 8 });
        Assert.Contains("\n      100.0 ms     4.000 KiB      4.000 KiB  |*       |\n", text, StringComparison.Ordinal);
        Assert.Contains("\n      800.0 ms    32.000 KiB     32.000 KiB  |********|\n", text, StringComparison.Ordinal);

        string wall = Written.Text(WssReport.Write, recording, new WssOptions { OverTime = true, WallTime = true });
        Assert.Contains("\n  UTC\n", wall, StringComparison.Ordinal);
        Assert.Contains("\n  00:00:00.100     4.000 KiB", wall, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_time_is_drawn_in_bounded_rows_with_mean_and_largest()
    {
        HandmadeRecording recording = new();
        for (int i = 0; i < 480; i++)
        {
            recording.Snapshot(i, [(0, (i % 20 == 0 ? 40UL : 20UL) * Page, 1, 0)]);
        }

        string[] rows = [.. Written.Text(WssReport.Write, recording, new WssOptions { OverTime = true }).Split('\n').Where(line => line.EndsWith('|'))];

        // 24 rows of 20 snapshots: 19 of 20 pages and one of 40 are 21 pages in the mean.
        Assert.Equal(24, rows.Length);
        Assert.All(rows, row => Assert.Contains("84.000 KiB    160.000 KiB", row, StringComparison.Ordinal));
    }

    [Fact]
    public void Threshold_skip_time_and_target_select()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, 100 * Page, 20, 0)])
            .Snapshot(1, [(0, Page, 5, 0), (Page, 3 * Page, 4, 0)])
            .Snapshot(1, [(0, 9 * Page, 5, 0)], targetId: 1)
            .Snapshot(2, [(0, 7 * Page, 5, 0)]);

        string text = Written.Text(WssReport.Write, recording, new WssOptions { AccessThreshold = 5, SkipSnapshots = 1, TargetId = 0, ToNs = 200_000_000 });
        Assert.Contains("target 0, 1 snapshots\n  mean 4096 bytes", text, StringComparison.Ordinal);
        Assert.Contains("1 skipped at the start\n2 of 4 snapshots", text, StringComparison.Ordinal);
        Assert.DoesNotContain("target 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Skip_of_everything_is_an_error()
    {
        HandmadeRecording recording = new HandmadeRecording().Snapshot(0, [(0, Page, 5, 0)]).Snapshot(1, [(0, Page, 5, 0)]);

        RecordingFormatException error = Assert.Throws<RecordingFormatException>(
            () => Written.Text(WssReport.Write, recording, new WssOptions { SkipSnapshots = 9 }));

        Assert.Equal("no snapshot is left of 2", error.Message);
    }

    [Fact]
    public void Together_adds_the_targets_up()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, 1 * Page, 1, 0)])
            .Snapshot(0, [(0, 30 * Page, 1, 0)], targetId: 1)
            .Snapshot(1, [(0, 2 * Page, 1, 0)])
            .Snapshot(1, [(0, 10 * Page, 1, 0)], targetId: 1);

        // By size the smallest of each are added: 1 + 10 and 2 + 30. Over time 1 + 30 and 2 + 10.
        Assert.Equal([11 * Page, 32 * Page], Bytes(Written.Json(WssReport.Write, recording, new WssOptions { Together = true, Percentiles = [0, 100] }), "percentiles"));
        Assert.Equal([31 * Page, 12 * Page], Bytes(Written.Json(WssReport.Write, recording, new WssOptions { Together = true, OverTime = true }), "over_time"));
    }

    [Fact]
    public void An_empty_recording_says_so_without_numbers()
    {
        string text = Written.Text(WssReport.Write, new HandmadeRecording { Truncation = "offset 9: the stream ends" }, new WssOptions());
        Assert.Contains("the recording breaks off: offset 9: the stream ends", text, StringComparison.Ordinal);
        Assert.DoesNotContain("percentile", text, StringComparison.Ordinal);
    }

    private static HandmadeRecording Growing(HandmadeRecording recording)
    {
        for (int i = 0; i < 8; i++)
        {
            ulong end = ((ulong)i + 1) * Page;
            recording.Snapshot(i, [(0, end, 1, 0), (end, end + Page, 0, 0)]);
        }

        return recording;
    }

    private static IEnumerable<ulong> Bytes(JsonElement report, string list) =>
        report.GetProperty("targets")[0].GetProperty(list).EnumerateArray().Select(row => row.GetProperty("bytes").GetUInt64());
}
