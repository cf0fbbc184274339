using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class WssReportTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Percentiles_follow_damos_rule()
    {
        // Snapshot i has i + 1 pages accessed, one page not, i = 0..7, and one incomplete snapshot.
        HandmadeRecording recording = new HandmadeRecording { Lost = 3 }.Target(0, 42, "app", "app");
        for (int i = 0; i < 8; i++)
        {
            ulong end = ((ulong)i + 1) * Page;
            recording.Snapshot(i, [(0, end, 1, 0), (end, end + Page, 0, 0)]);
        }

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

            left out: 1 incomplete snapshots, 0 skipped at the start; lost events: 3

            """;
        Assert.Equal(expected, Write(recording, new WssOptions { BarColumns = 8 }));
    }

    [Fact]
    public void Threshold_and_skip_are_options()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, 100 * Page, 20, 0)])
            .Snapshot(1, [(0, Page, 5, 0), (Page, 3 * Page, 4, 0)]);

        string text = Write(recording, new WssOptions { AccessThreshold = 5, SkipSnapshots = 1 });
        Assert.Contains("target 0, 1 snapshots\n  mean 4096 bytes", text, StringComparison.Ordinal);
        Assert.Contains("1 skipped at the start", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_recording_says_so_without_numbers()
    {
        string text = Write(new HandmadeRecording { Truncation = "offset 9: the stream ends" }, new WssOptions());
        Assert.Contains("the recording breaks off: offset 9: the stream ends", text, StringComparison.Ordinal);
        Assert.DoesNotContain("percentile", text, StringComparison.Ordinal);
    }

    private static string Write(HandmadeRecording recording, WssOptions options)
    {
        StringWriter output = new() { NewLine = "\n" };
        recording.Read(new WssReport(options, output), CancellationToken.None);
        return output.ToString();
    }
}
