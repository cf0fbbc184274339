using Damon.Trace.Reports.NrRegions;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class NrRegionsReportTests
{
    [Fact]
    public void The_distribution_counts_what_a_snapshot_should_have()
    {
        // 1, 2, 3 regions, and one of which two of four were lost.
        HandmadeRecording recording = new HandmadeRecording { Lost = 2 }
            .Snapshot(0, [(0, 1, 0, 0)])
            .Snapshot(1, [(0, 1, 0, 0), (1, 2, 0, 0)])
            .Snapshot(2, [(0, 1, 0, 0), (1, 2, 0, 0), (2, 3, 0, 0)])
            .Snapshot(3, [(0, 1, 0, 0), (1, 2, 0, 0)], missing: 2);

        string expected =
            """
            number of regions, per snapshot

            target 0, 4 snapshots
              mean 2.5 regions
              percentile   regions
                       0         1 |*   |
                      50         3 |*** |
                     100         4 |****|

            left out: 0 snapshots skipped at the start
            4 snapshots, 1 incomplete, 2 events lost

            """;
        NrRegionsOptions options = new() { Percentiles = [0, 50, 100], BarColumns = 4 };
        Assert.Equal(expected, Written.Text(NrRegionsReport.Write, recording, options));
        Assert.Equal(
            ["3", "4"],
            Written.Csv(NrRegionsReport.Write, recording, options with { OverTime = true, SkipSnapshots = 2 }).Select(row => row["nr_regions"]));
        Assert.Contains(
            "    400.0 ms   4.0 regions    4.0 regions  |****|",
            Written.Text(NrRegionsReport.Write, recording, options with { OverTime = true }), StringComparison.Ordinal);
    }
}
