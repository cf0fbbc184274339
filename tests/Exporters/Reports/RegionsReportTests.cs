using Damon.Trace.Exporters.Reports;

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
            heat: mean over the recording in Hz, and share of samples found accessed; age: since when at the end
            hottest                            size        Hz      %        age  mapping
            000000100000-000000110000    64.000 KiB   150.000   75.0        0 s  rw-p [heap]
            000000110000-000000120000    64.000 KiB    20.000   10.0   100.0 ms  rw-p [heap]
            coldest                            size        Hz      %        age  mapping
            000000200000-000000300000     1.000 MiB     0.000    0.0     1.00 s  r--p /usr/lib/lib.so
            000000110000-000000120000    64.000 KiB    20.000   10.0   100.0 ms  rw-p [heap]

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
        Assert.Contains("000000001000-000000002000", text, StringComparison.Ordinal);
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

    private static string Write(HandmadeRecording recording, RegionsOptions options)
    {
        StringWriter output = new() { NewLine = "\n" };
        RegionsReport.Write(() => recording, options, output, CancellationToken.None);
        return output.ToString();
    }
}
