using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Compare;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class CompareReportTests
{
    private const ulong Mib = 1 << 20;

    [Fact]
    public void What_changed_is_told_by_name_and_for_the_same_process_by_range()
    {
        string expected =
            """
            A: 2.00 s, 20 snapshots, 0 incomplete, 0 events lost
            B: 2.00 s, 20 snapshots, 0 incomplete, 0 events lost

            A: target 0: pid 42 (app)
            B: target 0: pid 42 (app), the same process
              size                  A            B        change        %
              wss p50        2.00 MiB     3.00 MiB     +1.00 MiB    +50.0
              wss p75        2.00 MiB     3.00 MiB     +1.00 MiB    +50.0
              wss p95        2.00 MiB     3.00 MiB     +1.00 MiB    +50.0
              rss p50        8.00 MiB     6.00 MiB     -2.00 MiB    -25.0
              rss p75        8.00 MiB     6.00 MiB     -2.00 MiB    -25.0
              rss p95        8.00 MiB     6.00 MiB     -2.00 MiB    -25.0
              swap p50            0 B          0 B             0        -
              swap p75            0 B          0 B             0        -
              swap p95            0 B          0 B             0        -
              vsz p50        8.00 MiB     8.00 MiB             0      0.0
              vsz p75        8.00 MiB     8.00 MiB             0      0.0
              vsz p95        8.00 MiB     8.00 MiB             0      0.0
              memory by name, mean of the snapshots
                accessed A           B      idle A           B    Hz A       B  name
                         -    2.00 MiB           -         0 B       -   100.0  new: cache
                  2.00 MiB    1.00 MiB    2.00 MiB    3.00 MiB    50.0    25.0  [heap]
                       0 B           -    2.00 MiB           -     0.0       -
                gone: /tmp/index
              overlap of hot ranges (nr_accesses > 0): 25.0 %, 1.00 MiB of 4.00 MiB
              ranges accessed in only one of them, the largest 10
              new   0x000000800000-0x000000a00000     2.000 MiB  rw-p cache
              gone  0x000000100000-0x000000200000     1.000 MiB  rw-p [heap]

            """;
        Assert.Equal(expected, Compare(ReportFormat.Text, 42));
    }

    [Fact]
    public void Other_processes_have_their_memory_elsewhere()
    {
        string text = Compare(ReportFormat.Text, 43);
        Assert.Contains("ranges are not compared: not known to be the same process", text, StringComparison.Ordinal);
        Assert.Contains("new: cache", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_say_the_same()
    {
        JsonElement target = JsonDocument.Parse(Compare(ReportFormat.Json, 42)).RootElement.GetProperty("targets")[0];
        List<Dictionary<string, string>> rows = Written.ParseCsv(Compare(ReportFormat.Csv, 42));
        Assert.Equal(
            target.GetProperty("sizes").EnumerateArray().Select(size => $"{size.GetProperty("a_bytes")} {size.GetProperty("b_bytes")} {size.GetProperty("change_bytes")}"),
            rows.Where(row => row["of"] == "target").Select(row => $"{row["a"]} {row["b"]} {row["change"]}"));
        Dictionary<string, string> cache = rows.Single(row => row["name"] == "cache" && row["value"] == "mean_accessed_bytes");
        Assert.Equal(("new", "", "2097152", "2097152"), (cache["state"], cache["a"], cache["b"], cache["change"]));
        Assert.Equal(["2097152", "-1048576"], rows.Where(row => row["of"] == "range").Select(row => row["change"]));
    }

    /// <summary>
    /// A: of 4 MiB [heap] 2 MiB are accessed at 100 Hz, of 2 MiB /tmp/index nothing. B: 1 MiB of [heap], all of a new 2 MiB cache, and the
    /// index is gone. The first ten snapshots, coarse, do not count for ranges.
    /// </summary>
    private static string Compare(ReportFormat format, int pidOfB)
    {
        HandmadeRecording a = new HandmadeRecording().Target(0, 42, "app", "app")
            .Mapping(0, 0, 4 * Mib, "rw-p", "[heap]").Mapping(0, 4 * Mib, 6 * Mib, "r--s", "/tmp/index");
        HandmadeRecording b = new HandmadeRecording().Target(0, pidOfB, "app", "app")
            .Mapping(0, 0, 4 * Mib, "rw-p", "[heap]").Mapping(0, 8 * Mib, 10 * Mib, "rw-p", "cache");
        for (int i = 0; i < 20; i++)
        {
            a.Snapshot(i, [(0, 2 * Mib, 10, 0), (2 * Mib, 6 * Mib, 0, 0)]);
            b.Snapshot(i, [(0, Mib, 10, 0), (Mib, 4 * Mib, 0, 0), (8 * Mib, 10 * Mib, 10, 0)]);
        }

        Reading(a, 8 * Mib);
        Reading(b, 6 * Mib);
        StringWriter output = new() { NewLine = "\n" };
        CompareReport.Write(() => a, () => b, new CompareOptions(), format, output, CancellationToken.None);
        return output.ToString();
    }

    private static void Reading(HandmadeRecording recording, ulong rss) => recording.Call(sink => sink.OnFootprint(
        new Footprint { TimeNs = 2_000_000_000, VszBytes = 8 * Mib, RssBytes = rss, PssBytes = Footprint.Unknown }));
}
