using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Recency;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class RecencyReportTests
{
    private const ulong Mib = 1 << 20;

    [Fact]
    public void The_cold_tail_tells_how_much_has_been_idle_for_how_long_and_what_it_is()
    {
        string expected =
            """
            idle time of target 0: pid 42 (app)
            for how long memory has not been accessed; at the end (200.0 ms),
            and mean of 2 snapshots
            from ages of regions, which are averaged where regions were merged;
            what is populated is not known: memory never touched may count as cold
                  idle for     at the end      %           mean
                       all     10.000 MiB  100.0     10.000 MiB |**********************|
                 >= 100 ms      9.000 MiB   90.0      8.500 MiB |*******************   |
                 >= 200 ms      6.000 MiB   60.0      6.000 MiB |*************         |
                 >= 500 ms      6.000 MiB   60.0      6.000 MiB |*************         |
                    >= 1 s      6.000 MiB   60.0      6.000 MiB |*************         |
                    >= 2 s      6.000 MiB   60.0      6.000 MiB |*************         |
                    >= 5 s      6.000 MiB   60.0      6.000 MiB |*************         |
                   >= 10 s      6.000 MiB   60.0      6.000 MiB |*************         |
                   >= 20 s      6.000 MiB   60.0      3.000 MiB |*************         |
              percentiles of the bytes at the end:
              p0 0 s, p10 100.0 ms, p39 100.0 ms, p40 20.00 s
              p100 20.00 s
              what it is:
                      all    accessed   >= 100 ms      >= 1 s     >= 20 s  mapping
                 8.00 MiB         0 B    8.00 MiB    6.00 MiB    6.00 MiB  [heap]
                 2.00 MiB    1.00 MiB    1.00 MiB         0 B         0 B  no mapping

            2 snapshots, 0 incomplete, 0 events lost

            """;
        Assert.Equal(expected, Written.Text(RecencyReport.Write, Recording(), new RecencyOptions { Percentiles = [0, 10, 39, 40, 100] }));
    }

    [Fact]
    public void Tables_say_the_same()
    {
        JsonElement target = Written.Json(RecencyReport.Write, Recording(), new RecencyOptions()).GetProperty("targets")[0];
        List<Dictionary<string, string>> rows = Written.Csv(RecencyReport.Write, Recording(), new RecencyOptions());
        Assert.Equal(
            target.GetProperty("tail").EnumerateArray().Select(row => $"{row.GetProperty("idle_us")} {row.GetProperty("bytes_at_end")} {row.GetProperty("mean_bytes")}"),
            rows.Where(row => row["of"] == "target").Select(row => $"{row["idle_us"]} {row["bytes_at_end"]} {row["mean_bytes"]}"));
        Assert.Equal("6291456", rows.Single(row => row["mapping"] == "[heap]" && row["idle_us"] == "20000000")["bytes_at_end"]);
        Assert.Equal(1048576, target.GetProperty("mappings")[1].GetProperty("accessed_bytes").GetInt64());
    }

    [Fact]
    public void Without_the_interval_an_age_is_no_time()
    {
        HandmadeRecording recording = new HandmadeRecording { HasIntervals = false }.Snapshot(0, [(0, Mib, 0, 3)]);
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(
            () => Written.Text(RecencyReport.Write, recording, new RecencyOptions()));
        Assert.Contains("tell it with --aggr", error.Hint, StringComparison.Ordinal);
    }

    /// <summary>
    /// 10 MiB, of which [heap] has 2 to 10. At the end 1 MiB is accessed, 1 + 2 MiB have been idle for 100 ms and 6 MiB for 20 s; one
    /// aggregation before, 2 MiB were accessed, 2 MiB had been idle for 100 ms and 6 MiB for 19.9 s.
    /// </summary>
    private static HandmadeRecording Recording() => new HandmadeRecording()
        .Target(0, 42, "app", "app")
        .Mapping(0, 2 * Mib, 10 * Mib, "rw-p", "[heap]")
        .Snapshot(0, [(0, 2 * Mib, 5, 50), (2 * Mib, 4 * Mib, 0, 1), (4 * Mib, 10 * Mib, 0, 199)])
        .Snapshot(1, [(0, Mib, 5, 51), (Mib, 4 * Mib, 0, 1), (4 * Mib, 10 * Mib, 0, 200)]);
}
