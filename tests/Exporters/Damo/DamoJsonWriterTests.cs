using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Damo;

public sealed class DamoJsonWriterTests
{
    [Fact]
    public void OneRegion_IsWrittenWithPlainIntegersAndIntervals()
    {
        string text = Write(sink =>
        {
            sink.OnSnapshot(One(beginNs: 1_000_000_000_000, endNs: 1_000_100_000_000));
            sink.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        });
        Assert.Equal(
            """
            [
            {"kdamond_idx":0,"context_idx":0,"intervals":{"sample_us":5000,"aggr_us":100000,"ops_update_us":1000000},"scheme_idx":null,"target_id":0,"scheme_filters":[],"damon_trace":{"kdamond":"kdamond.0","tid":77},"snapshots":[
            {"start_time":1000000000000,"end_time":1000100000000,"nr_regions":1,"regions":[{"start":4096,"end":8192,"nr_accesses":{"samples":2,"percent":null},"age":{"usec":null,"aggr_intervals":7}}]}
            ]}
            ]

            """,
            text);
    }

    [Fact]
    public void NoSnapshots_GiveAnEmptyList() =>
        Assert.Equal("[]\n", Write(sink => sink.OnEnd(new RecordingEnd(0, 0, 0, 0, null))));

    [Fact]
    public void EveryKdamondAndTarget_HasOneRecordWithItsSnapshotsInOrder()
    {
        List<RecordedSnapshot> played = [];
        using JsonDocument json = JsonDocument.Parse(Write(sink => played = new RandomRecording(3).Play(sink), spoolMemory: 2000));
        Assert.Equal(6, json.RootElement.GetArrayLength());
        foreach (JsonElement record in json.RootElement.EnumerateArray())
        {
            int kdamond = record.GetProperty("kdamond_idx").GetInt32();
            ulong target = record.GetProperty("target_id").GetUInt64();
            RecordedSnapshot[] expected = [.. played.Where(s => s.KdamondTid == 77 + kdamond && s.TargetId == target)];
            Assert.Equal(
                expected.Select(s => s.EndNs!.Value),
                record.GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("end_time").GetInt64()));
            Assert.Equal(
                expected.SelectMany(s => s.Regions).Select(r => r.Start),
                record.GetProperty("snapshots").EnumerateArray()
                    .SelectMany(s => s.GetProperty("regions").EnumerateArray()).Select(r => r.GetProperty("start").GetUInt64()));
        }
    }

    [Fact]
    public void TimesOfText_AreThoseDamoTakesFromIt()
    {
        // The time of a snapshot is that of its first line; it begins where the one before ended; the first is as long as the second.
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            sink.OnSnapshot(One(firstNs: 500));
            sink.OnSnapshot(One(firstNs: 600));
            sink.OnSnapshot(One(firstNs: 720));
            sink.OnEnd(new RecordingEnd(3, 0, 3, 0, null));
        }));
        JsonElement record = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(JsonValueKind.Null, record.GetProperty("intervals").ValueKind);
        Assert.Equal(
            [(400, 500), (500, 600), (600, 720)],
            record.GetProperty("snapshots").EnumerateArray()
                .Select(s => (s.GetProperty("start_time").GetInt64(), s.GetProperty("end_time").GetInt64())));
    }

    [Fact]
    public void OneSnapshotOfText_HasNoLength()
    {
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            sink.OnSnapshot(One(firstNs: 500));
            sink.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        }));
        JsonElement snapshot = Assert.Single(json.RootElement[0].GetProperty("snapshots").EnumerateArray());
        Assert.Equal(500, snapshot.GetProperty("start_time").GetInt64());
    }

    [Fact]
    public void BeginWithinOneSamplingInterval_IsMovedOntoTheEndBefore()
    {
        // damo's times and profile join two snapshots only when end and begin are equal.
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            sink.OnSnapshot(One(beginNs: 0, endNs: 100_000_000));
            sink.OnSnapshot(One(beginNs: 104_999_000, endNs: 200_000_000));
            sink.OnSnapshot(One(beginNs: 205_000_000, endNs: 300_000_000));
            sink.OnEnd(new RecordingEnd(3, 0, 3, 0, null));
        }));
        Assert.Equal(
            [0, 100_000_000, 205_000_000],
            json.RootElement[0].GetProperty("snapshots").EnumerateArray().Select(s => s.GetProperty("start_time").GetInt64()));
    }

    [Fact]
    public void ContextsAndOptions_TellIntervalsWhereSnapshotsDoNot()
    {
        using JsonDocument json = JsonDocument.Parse(Write(
            sink =>
            {
                ContextAttributes attributes = new() { SampleUs = 1, AggrUs = 20, UpdateUs = 300 };
                sink.OnContext(new ContextDescription(attributes, "kdamond.1", "vaddr", "x", ""));
                Snapshot snapshot = One(firstNs: 500);
                sink.OnSnapshot(snapshot);
                snapshot.Kdamond = "kdamond.1";
                snapshot.KdamondTid++;
                sink.OnSnapshot(snapshot);
                sink.OnEnd(new RecordingEnd(2, 0, 2, 0, null));
            },
            new DamoJsonOptions { SampleUs = 7, AggrUs = 8 }));
        Assert.Equal(
            ["{\"sample_us\":7,\"aggr_us\":8,\"ops_update_us\":1000000}", "{\"sample_us\":1,\"aggr_us\":20,\"ops_update_us\":300}"],
            json.RootElement.EnumerateArray().Select(r => r.GetProperty("intervals").GetRawText()));
    }

    [Fact]
    public void TunedSamplingInterval_IsWrittenWithItsSnapshot()
    {
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            sink.OnSnapshot(One(beginNs: 0, endNs: 100));
            Snapshot tuned = One(beginNs: 100, endNs: 200);
            tuned.SampleUs = 10_000;
            sink.OnSnapshot(tuned);
            sink.OnEnd(new RecordingEnd(2, 0, 2, 0, null));
        }));
        JsonElement snapshots = json.RootElement[0].GetProperty("snapshots");
        Assert.False(snapshots[0].TryGetProperty("sample_interval_us", out _));
        Assert.Equal(10_000, snapshots[1].GetProperty("sample_interval_us").GetInt32());
    }

    [Fact]
    public void KdamondIndex_IsTheNumberInTheNameAndNeverShared()
    {
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            foreach ((string name, int tid) in new[] { ("kdamond.3", 1), ("worker", 2), ("kdamond.3", 4), ("kdamond.0", 5) })
            {
                Snapshot snapshot = One(beginNs: 0, endNs: 100);
                snapshot.Kdamond = name;
                snapshot.KdamondTid = tid;
                sink.OnSnapshot(snapshot);
            }

            sink.OnEnd(new RecordingEnd(4, 0, 4, 0, null));
        }));
        Assert.Equal([3, 0, 1, 2], json.RootElement.EnumerateArray().Select(r => r.GetProperty("kdamond_idx").GetInt32()));
    }

    [Fact]
    public void NameThatIsNoUtf8_DoesNotStopTheExport()
    {
        // The kernel cuts names after 15 bytes, also within a character: the rest survives as a lone surrogate.
        using JsonDocument json = JsonDocument.Parse(Write(sink =>
        {
            Snapshot snapshot = One(beginNs: 0, endNs: 100);
            snapshot.Kdamond = "\"k\n\uDCC3";
            sink.OnSnapshot(snapshot);
            sink.OnEnd(new RecordingEnd(1, 0, 1, 0, null));
        }));
        Assert.Equal("\"k\n\uFFFD", json.RootElement[0].GetProperty("damon_trace").GetProperty("kdamond").GetString());
    }

    [Fact]
    public void Compressed_IsAZlibStreamOfTheSameText()
    {
        string plain = Write(sink => new RandomRecording(5).Play(sink));
        using MemoryStream output = new();
        using (DamoJsonWriter writer = new(output, new DamoJsonOptions { Compressed = true }))
        {
            new RandomRecording(5).Play(writer);
        }

        output.Position = 0;
        Assert.Equal(0x78, output.GetBuffer()[0]);
        using ZLibStream zlib = new(output, CompressionMode.Decompress);
        using StreamReader reader = new(zlib, Encoding.UTF8);
        Assert.Equal(plain, reader.ReadToEnd());
    }

    [Fact]
    public void EveryField_HasTheTypeDamoAccepts()
    {
        using JsonDocument json = JsonDocument.Parse(Write(sink => new RandomRecording(8).Play(sink)));
        DamoJsonContract.Check(json.RootElement);
    }

    internal static string Write(Action<IRecordingSink> play, DamoJsonOptions? options = null, int spoolMemory = 1 << 25)
    {
        using MemoryStream output = new();
        using DamoJsonWriter writer = new(output, (options ?? new DamoJsonOptions()) with { SpoolMemoryBytes = spoolMemory });
        play(writer);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static Snapshot One(long? beginNs = null, long? endNs = null, long firstNs = 0)
    {
        Snapshot snapshot = new()
        {
            Kdamond = "kdamond.0",
            KdamondTid = 77,
            NrRegions = 1,
            Complete = true,
            BeginNs = beginNs,
            EndNs = endNs,
            SampleUs = endNs is null ? null : 5000,
            AggrUs = endNs is null ? null : 100_000,
        };
        snapshot.Add(new RegionEvent { TimestampNs = firstNs, Start = 4096, End = 8192, NrAccesses = 2, Age = 7 });
        return snapshot;
    }
}
