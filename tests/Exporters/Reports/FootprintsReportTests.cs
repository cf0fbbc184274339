using Damon.Trace.Events;
using Damon.Trace.Reports.Footprints;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class FootprintsReportTests
{
    private const ulong Mib = 1 << 20;

    [Fact]
    public void Sizes_are_told_next_to_the_working_set()
    {
        string expected =
            """
            footprint of target 0: pid 42 (app), 4 readings, 4 snapshots
              percentile          WSS          RSS          PSS         swap          VSZ
                       0     1.00 MiB    10.00 MiB            -          0 B   100.00 MiB
                      50     3.00 MiB    12.00 MiB            -          0 B   100.00 MiB
                     100     4.00 MiB    13.00 MiB            -     8.00 KiB   100.00 MiB
            median working set: 25.0 % of the median resident size
            WSS working set, RSS resident, PSS resident divided by its sharers, VSZ virtual

            4 snapshots, 0 incomplete, 0 events lost

            """;
        Assert.Equal(expected, Written.Text(FootprintsReport.Write, Growing(), new FootprintsOptions { Percentiles = [0, 50, 100] }));
    }

    [Fact]
    public void Over_time_a_reading_has_the_working_set_before_it()
    {
        FootprintsOptions options = new() { OverTime = true, FromNs = 150_000_000 };
        List<Dictionary<string, string>> rows = Written.Csv(FootprintsReport.Write, Growing(), options);
        Assert.Equal(["200000001", "300000001", "400000001"], rows.Select(row => row["time_ns"]));
        Assert.Equal(["2097152", "3145728", "4194304"], rows.Select(row => row["wss_bytes"]));
        Assert.All(rows, row => Assert.Equal("", row["pss_bytes"]));
        Assert.Contains("    300.0 ms     3.00 MiB    12.00 MiB", Written.Text(FootprintsReport.Write, Growing(), options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_without_footprints_says_so() => Assert.Contains(
        "footprint: the recording has none",
        Written.Text(FootprintsReport.Write, new HandmadeRecording().Snapshot(0, [(0, Mib, 1, 0)]), new FootprintsOptions()),
        StringComparison.Ordinal);

    /// <summary>1 to 4 MiB accessed of 10 to 13 MiB resident; the last reading finds something swapped out. PSS could not be read.</summary>
    private static HandmadeRecording Growing()
    {
        HandmadeRecording recording = new HandmadeRecording().Target(0, 42, "app", "app");
        for (int i = 0; i < 4; i++)
        {
            ulong n = (ulong)i;
            recording.Snapshot(i, [(0, (n + 1) * Mib, 1, 0), ((n + 1) * Mib, 10 * Mib, 0, 0)]);
            recording.Call(sink => sink.OnFootprint(new Footprint
            {
                TimeNs = ((n + 1) * 100_000_000) + 1,
                VszBytes = 100 * Mib,
                RssBytes = (n + 10) * Mib,
                PssBytes = Footprint.Unknown,
                SwapBytes = n == 3 ? 8192UL : 0,
            }));
        }

        return recording;
    }
}
