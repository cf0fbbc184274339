using System.IO.Compression;
using System.Text;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

public sealed class DamoJsonReaderTests
{
    private const string Minimal =
        """
        [{"target_id":5,"snapshots":[{"start_time":1,"end_time":2,"regions":[
        {"start":4096,"end":8192,"nr_accesses":{"samples":2,"percent":null},"age":{"usec":null,"aggr_intervals":3}}]}]}]
        """;

    [Fact]
    public void Minimal_LeavesUnknownWhatItDoesNotSay()
    {
        RecordedSnapshot snapshot = Assert.Single(Read(Minimal).Snapshots);
        Assert.Equal("target 5 number 0 complete True of 1: 4096-8192:2,3", snapshot.Describe(withAge: true));
        Assert.Equal(("kdamond.0", 0, 1, 2), (snapshot.Kdamond, snapshot.KdamondTid, snapshot.BeginNs, snapshot.EndNs));
        Assert.Null(snapshot.SampleUs);
        Assert.Null(snapshot.AggrUs);
        Assert.Null(snapshot.Pid);
        Assert.Equal((2, -1), (snapshot.Regions[0].TimestampNs, snapshot.Regions[0].Cpu));
    }

    [Fact]
    public void StringsWithCommasAndUnits_AreNumbers()
    {
        RecordedSink sink = Read(
            """
            [
                {
                    "kdamond_idx": 1,
                    "context_idx": 0,
                    "intervals": {"sample_us": "5 ms", "aggr_us": "100,000", "ops_update_us": "1 s", "intervals_goal": {"access_bp": "0 %"}},
                    "scheme_idx": null,
                    "target_id": 18446623435582458880,
                    "scheme_filters": [],
                    "snapshots": [
                        {
                            "start_time": "16 m 40 s",
                            "end_time": "1000100000000",
                            "regions": [
                                {
                                    "start": "139,637,976,727,552",
                                    "end": "139,637,977,776,128",
                                    "nr_accesses": {"samples": "10", "percent": "50 %"},
                                    "age": {"usec": "1 s 500 ms", "aggr_intervals": "15"},
                                    "probe_hits": [1, 0],
                                    "sz_filter_passed": "0 B"
                                },
                                {
                                    "start": "4 GiB", "end": "4.5 GiB",
                                    "nr_accesses": {"samples": null, "percent": "25 %"},
                                    "age": {"usec": "1 s 500 ms", "aggr_intervals": null}
                                }
                            ],
                            "total_bytes": "1,048,576",
                            "damos_stats": null,
                            "sample_interval_us": "5000000"
                        }
                    ],
                    "data_source": "unknown"
                }
            ]
            """);
        RecordedSnapshot snapshot = Assert.Single(sink.Snapshots);
        Assert.Equal(
            "target 18446623435582458880 number 0 complete True of 2: 139637976727552-139637977776128:10,15 4294967296-4831838208:5,15",
            snapshot.Describe(withAge: true));
        Assert.Equal((1_000_000_000_000, 1_000_100_000_000), (snapshot.BeginNs, snapshot.EndNs));
        Assert.Equal((5000UL, 100_000UL), (snapshot.SampleUs, snapshot.AggrUs));
        Assert.Equal("kdamond.1", snapshot.Kdamond);
    }

    [Fact]
    public void MinusOne_IsAnAgeThatIsNotKnown() =>
        Assert.Equal(0u, Assert.Single(Read(Minimal.Replace(":3}", ":-1}", StringComparison.Ordinal)).Snapshots).Regions[0].Age);

    [Theory]
    [InlineData("context_idx", "kdamond.0.c2")]
    [InlineData("scheme_idx", "kdamond.0.s2")]
    public void OtherContextsAndSchemes_AreToldApart(string field, string kdamond) =>
        Assert.Equal(
            kdamond,
            Assert.Single(Read(Minimal.Replace("[{\"target_id\"", $"[{{\"{field}\":2,\"target_id\"", StringComparison.Ordinal)).Snapshots).Kdamond);

    [Theory]
    [InlineData(1 << 25)]
    [InlineData(3000)]
    public void EveryRecording_ComesBackAsItWas(int spoolMemory)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            RandomRecording recording = new(seed) { Kdamonds = 1 + (seed % 3), Targets = 1 + (seed % 4) };
            List<RecordedSnapshot> played = [];
            string text = DamoJsonWriterTests.Write(sink => played = recording.Play(sink), spoolMemory: spoolMemory);
            RecordedSink read = Read(text);
            Assert.Equal(played.Select(s => s.Describe(withAge: true)), read.Snapshots.Select(s => s.Describe(withAge: true)));
            Assert.Equal(played.Select(Facts), read.Snapshots.Select(Facts));
            Assert.Null(read.End!.Truncation);
            Assert.Equal(played.Sum(s => s.NrRegions - s.Regions.Length), read.End.LostEvents);
        }

        static string Facts(RecordedSnapshot s) => $"{s.Kdamond} {s.KdamondTid} {s.Pid} {s.EndNs} {s.SampleUs} {s.AggrUs}";
    }

    [Fact]
    public void Compressed_IsToldByItsFirstBytes()
    {
        using MemoryStream file = new(Compress(Minimal));
        Assert.Single(RecordedSink.Read(new DamoJsonReader(file)).Snapshots);
    }

    [Fact]
    public void EveryTruncation_GivesWhatCameBeforeAndSaysWhere()
    {
        List<RecordedSnapshot> played = [];
        string text = DamoJsonWriterTests.Write(
            sink => played = new RandomRecording(1) { Kdamonds = 1, Targets = 1, Aggregations = 5, MaxRegions = 4 }.Play(sink));
        string[] whole = [.. played.SelectMany(s => s.Regions).Select(r => $"{r.Start}-{r.End}:{r.NrAccesses},{r.Age}")];
        int longest = 0;
        for (int length = 2; length < text.Length - 2; length++)
        {
            RecordedSink sink = Read(text[..length]);
            Assert.Contains($"The input ends at byte {length}", sink.End!.Truncation, StringComparison.Ordinal);
            string[] regions = [.. sink.Snapshots.SelectMany(s => s.Regions).Select(r => $"{r.Start}-{r.End}:{r.NrAccesses},{r.Age}")];
            Assert.Equal(whole[..regions.Length], regions);
            Assert.True(regions.Length >= longest);
            longest = regions.Length;
        }

        Assert.Equal(whole.Length, longest);
    }

    [Fact]
    public void TruncatedZlib_GivesWhatCameBefore()
    {
        byte[] file = Compress(DamoJsonWriterTests.Write(sink => new RandomRecording(1) { MaxRegions = 200 }.Play(sink)));
        RecordedSink sink = RecordedSink.Read(new DamoJsonReader(new MemoryStream(file[..(file.Length / 2)])));
        Assert.NotEmpty(sink.Snapshots);
        Assert.NotNull(sink.End!.Truncation);
    }

    [Fact]
    public void ZlibStreamThatWantsADictionary_IsRefused() => Assert.Throws<RecordingFormatException>(
        () => RecordedSink.Read(new DamoJsonReader(new MemoryStream([0x78, 0xBB, 1, 2, 3, 4, .. new byte[100]]))));

    [Theory]
    [InlineData("", "Byte 0: expected damo's json (\"[{\") or a zlib stream of it, found an empty file.")]
    [InlineData("{\"a\":1}", "found 7B2261223A317D.")]
    [InlineData("[1]", "found 5B315D.")]
    [InlineData("[{\"snapshots\":3}]", "Byte 14: expected the snapshots (a list), found the number 3.")]
    [InlineData("[{\"snapshots\":[{\"regions\":[]}]}]", "Byte 15: expected a snapshot with end_time, found one without.")]
    [InlineData("[{\"target_id\":-1}]", "Byte 14: expected a target_id of 0 to 18446744073709551615, found the number -1.")]
    [InlineData("[{\"target_id\":1.5}]", "expected a target_id of 0 to 18446744073709551615, found the number 1.5.")]
    [InlineData("[{\"intervals\":{\"aggr_us\":\"5 parsecs\"}}]", "expected an aggregation interval, found the string 5 parsecs.")]
    [InlineData("[{\"intervals\":[1]}]", "expected the intervals (an object or null), found a list [.")]
    [InlineData("[{\"snapshots\":[{\"regions\":[{\"start\":2,\"end\":1,\"nr_accesses\":{\"samples\":1}}]}]}]", "start <= end")]
    [InlineData("[{\"snapshots\":[{\"regions\":[{\"start\":2,\"end\":3,\"nr_accesses\":{}}]}]}]", "expected samples")]
    [InlineData("[{,}]", "Line 1, byte 3: expected json, found something else.")]
    public void WhatIsNoRecord_IsRefusedWithOffsetExpectedAndFound(string text, string message)
    {
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(() => Read(text));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NonsenseAfterTheFirstSnapshot_EndsTheRecordingThere()
    {
        RecordedSink sink = Read(Minimal + "x");
        Assert.Single(sink.Snapshots);
        Assert.Contains("Line 2, byte", sink.End!.Truncation, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_StopsWithoutAnEnd()
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes(Minimal));
        RecordedSink sink = new();
        Assert.Throws<OperationCanceledException>(() => new DamoJsonReader(file).Read(sink, new CancellationToken(true)));
        Assert.Null(sink.End);
    }

    internal static byte[] Compress(string text)
    {
        using MemoryStream output = new();
        using (ZLibStream zlib = new(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(Encoding.UTF8.GetBytes(text));
        }

        return output.ToArray();
    }

    private static RecordedSink Read(string text)
    {
        using MemoryStream file = new(Encoding.UTF8.GetBytes(text));
        return RecordedSink.Read(new DamoJsonReader(file));
    }
}
