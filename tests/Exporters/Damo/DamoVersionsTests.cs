using System.IO.Compression;
using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>Records as each version of damo stores them, made by hand; the table of docs/formats/damo-json.md.</summary>
public sealed class DamoVersionsTests
{
    /// <summary>Without sizes, filters and intervals of snapshots.</summary>
    private const string V1 = """
        [{"kdamond_idx": 0, "context_idx": 0, "intervals": {"sample_us": "5 ms", "aggr_us": "100 ms", "ops_update_us": "1 s"}, "scheme_idx": null,
          "target_id": 3, "snapshots": [{"start_time": "1 s", "end_time": "1 s 100 ms", "regions": [
            {"start": "4,096", "end": "12,288", "nr_accesses": {"samples": "2", "percent": "10 %"}, "age": {"usec": "300 ms", "aggr_intervals": "3"}}]}]}]
        """;

    /// <summary>With what schemes say of a region and of a snapshot.</summary>
    private const string V2 = """
        [{"kdamond_idx": 0, "context_idx": 0, "intervals": {"sample_us": "5 ms", "aggr_us": "100 ms", "ops_update_us": "1 s"}, "scheme_idx": null,
          "target_id": 3, "scheme_filters": [], "snapshots": [{"start_time": "1 s", "end_time": "1 s 100 ms", "regions": [
            {"start": "4,096", "end": "12,288", "nr_accesses": {"samples": "2", "percent": "10 %"}, "age": {"usec": "300 ms", "aggr_intervals": "3"},
             "sz_filter_passed": "0 B"}], "total_bytes": "8.000 KiB", "damos_stats": null}]}]
        """;

    /// <summary>With probes, tuned intervals and where the data came from.</summary>
    private const string V3 = """
        [{"kdamond_idx": 0, "context_idx": 0, "intervals": {"sample_us": "5 ms", "aggr_us": "100 ms", "ops_update_us": "1 s",
            "intervals_goal": {"access_bp": "4 %", "aggrs": "3", "min_sample_us": "5 ms", "max_sample_us": "10 s"}}, "scheme_idx": null,
          "target_id": 3, "scheme_filters": [], "snapshots": [{"start_time": "1 s", "end_time": "1 s 100 ms", "regions": [
            {"start": "4,096", "end": "12,288", "nr_accesses": {"samples": "2", "percent": "10 %"}, "age": {"usec": "300 ms", "aggr_intervals": "3"},
             "probe_hits": HITS, "sz_filter_passed": "0 B"}], "total_bytes": "8.000 KiB", "damos_stats": {"nr_tried": "1", "sz_tried": "8.000 KiB"},
             "sample_interval_us": null}], "data_source": "perf"}]
        """;

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    [InlineData(V3)]
    public void EveryVersion_IsRead(string text)
    {
        text = text.Replace("HITS", "[]", StringComparison.Ordinal);
        RecordedCalls json = Calls(Encoding.UTF8.GetBytes(text));
        Assert.Equal(new RecordingEnd(1, 0, 1, 0, null), json.End);
        Assert.StartsWith(
            "snapshot kdamond.0 0 3  #0 1/1 True 1000000000..1100000000      ", Assert.Single(json.Lines, line => line.StartsWith("snapshot", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains(" 5000 100000 ", json.Lines[^1], StringComparison.Ordinal);

        using MemoryStream compressed = new();
        using (ZLibStream zlib = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(Encoding.UTF8.GetBytes(text));
        }

        Assert.Equal(json.Lines, Calls(compressed.ToArray()).Lines);
    }

    [Fact]
    public void ProbeHits_AreSaidToBeLeftOut() => Assert.Equal(
        ["the probe_hits of 1 events were left out"],
        Calls(Encoding.UTF8.GetBytes(V3.Replace("HITS", "[1, \"0\"]", StringComparison.Ordinal))).End!.Notes);

    [Fact]
    public void HitsWithoutAccesses_AreNoColdMemory()
    {
        string text = V3.Replace("HITS", "[\"1,024\"]", StringComparison.Ordinal).Replace("\"samples\": \"2\"", "\"samples\": 0", StringComparison.Ordinal);
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(() => Calls(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("attributes-only monitoring", e.Message, StringComparison.Ordinal);
    }

    private static RecordedCalls Calls(byte[] file)
    {
        RecordedCalls calls = new();
        new DamoJsonReader(new MemoryStream(file)).Read(calls, CancellationToken.None);
        return calls;
    }
}
