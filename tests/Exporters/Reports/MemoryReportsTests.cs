using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Compare;
using Damon.Trace.Reports.Footprints;
using Damon.Trace.Reports.Recency;
using Damon.Trace.Reports.Regions;
using Damon.Trace.Reports.Summary;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>What reports say of recordings that estimate and follow pages.</summary>
public sealed class MemoryReportsTests
{
    private const ulong Mib = 1 << 20;
    private const uint PagesOfMib = 256;

    [Fact]
    public void Wss_ShowsDamosRuleAndTheEstimateSideBySide()
    {
        JsonElement target = Written.Json(WssReport.Write, Recording(), new WssOptions()).GetProperty("targets")[0];

        Assert.Equal(100 * Mib, target.GetProperty("percentiles")[3].GetProperty("bytes").GetUInt64());
        JsonElement estimate = target.GetProperty("estimate");
        Assert.Equal(20 * Mib, estimate.GetProperty("touched_per_sample_bytes").GetProperty("p50").GetUInt64());
        Assert.Equal(100 * Mib, estimate.GetProperty("resident_bytes").GetUInt64());
        Assert.InRange(estimate.GetProperty("low_bytes").GetUInt64(), 16 * Mib, 17 * Mib);
        Assert.InRange(estimate.GetProperty("high_bytes").GetUInt64(), 23 * Mib, 24 * Mib);

        // Known: the short bound, and from 1 s on as far as pages have been followed (12 s).
        JsonElement[] within = [.. target.GetProperty("within").EnumerateArray()];
        Assert.Equal([0.1, 1, 2, 5, 10], within.Select(row => row.GetProperty("seconds").GetDouble()));
        Assert.Equal([16, 32, 32, 32, 32], within.Select(row => (int)(row.GetProperty("bytes").GetUInt64() / Mib)));
        string text = Written.Text(WssReport.Write, Recording(), new WssOptions());
        Assert.Contains("by damo's rule, the sizes of regions with nr_accesses >= 1:", text, StringComparison.Ordinal);
        Assert.Contains("              1 s   32.00 MiB  ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wss_IsARangeWhereMuchIsUnknown()
    {
        string text = Written.Text(WssReport.Write, Recording(unknown: 26), new WssOptions());

        Assert.Contains("              1 s 32.00 MiB to 58.00 MiB, 26.00 MiB unknown\n", text, StringComparison.Ordinal);
        Assert.Contains("warning: nothing is known of 26.00 MiB of 100.00 MiB resident (26.0 %)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wss_AnswersWorkTimeFromIdleTimes()
    {
        JsonElement target = Written.Json(WssReport.Write, Recording(), new WssOptions { WorkTimeUs = 3_000_000 }).GetProperty("targets")[0];
        Assert.Equal(32 * Mib, target.GetProperty("within_work_time").GetProperty("bytes").GetUInt64());
        Assert.Equal(3, target.GetProperty("within_work_time").GetProperty("seconds").GetDouble());

        target = Written.Json(WssReport.Write, Recording(), new WssOptions { WorkTimeUs = 60_000_000 }).GetProperty("targets")[0];
        Assert.Equal(JsonValueKind.Null, target.GetProperty("within_work_time").ValueKind);
    }

    [Fact]
    public void States_AddUpToResidentAndMappedByMapping()
    {
        JsonElement target = Written.Json(SummaryReport.Write, Recording(unknown: 26), new SummaryOptions()).GetProperty("targets")[0];
        JsonElement memory = target.GetProperty("memory");
        JsonElement states = memory.GetProperty("states");
        Assert.Equal(100 * Mib, Sum(states, "hot_bytes", "cold_bytes", "unknown_bytes"));
        Assert.Equal(100 * Mib, Sum(states, "resident_bytes"));

        // 64 + 128 MiB and a stack can be accessed, the guard of 64 MiB cannot.
        Assert.Equal((192 * Mib) + (64 * 4096), Sum(states, "resident_bytes", "not_populated_bytes"));
        JsonElement[] mappings = [.. memory.GetProperty("mappings").EnumerateArray()];
        foreach (string field in (string[])["hot_bytes", "cold_bytes", "unknown_bytes", "resident_bytes", "not_populated_bytes"])
        {
            Assert.Equal(Sum(states, field), (ulong)mappings.Sum(mapping => (long)Sum(mapping.GetProperty("states"), field)));
        }

        Assert.Contains(mappings, mapping => mapping.GetProperty("mapping").GetString() == "[heap]");
    }

    [Fact]
    public void MappingsWithoutARecordOfTheirOwn_AreOneRowAndAddUp()
    {
        HandmadeRecording recording = new HandmadeRecording().Target(0, 42, "app", "app").Call(sink =>
        {
            sink.OnMapping(new MappingDescription(0, 1, 3, 0, 64 * Mib, "rw-p", "first"));
            sink.OnMapping(new MappingDescription(0, 1, 3, 64 * Mib, 96 * Mib, "rw-p", "second"));
            sink.OnMapping(new MappingDescription(0, 1, 3, 96 * Mib, 128 * Mib, "rw-p", "first"));
        }).Snapshot(0, [(0, 128 * Mib, 0, 0)]).Idle(12,
        [
            (0, 32 * PagesOfMib, 0, [(0, 16 * 16), (14, 16 * 16)]),
            (IdleRecord.OtherMappings, 16 * PagesOfMib, 0, [(14, 16 * 16)]),
        ]);
        JsonElement memory = Written.Json(SummaryReport.Write, recording, new SummaryOptions()).GetProperty("targets")[0].GetProperty("memory");

        JsonElement row = Assert.Single(memory.GetProperty("mappings").EnumerateArray());
        Assert.Equal((JsonValueKind.Null, 2), (row.GetProperty("mapping").ValueKind, row.GetProperty("nr_names").GetInt32()));
        Assert.Equal(48 * Mib, Sum(memory.GetProperty("states"), "hot_bytes", "cold_bytes", "unknown_bytes"));
        Assert.Equal(128 * Mib, Sum(memory.GetProperty("states"), "resident_bytes", "not_populated_bytes"));
    }

    [Fact]
    public void Summary_BeginsWithOneHeadlineAndRefusesAdviceOnTheUnknown()
    {
        string sure = Unwrapped(Written.Text(SummaryReport.Write, Recording(), new SummaryOptions()));
        Assert.StartsWith("in short      needs 32.00 MiB (", sure, StringComparison.Ordinal);
        Assert.Contains(" within 10.00 s, 68.00 MiB cold, nothing unknown, of 100.00 MiB resident\n", sure, StringComparison.Ordinal);

        string unsure = Unwrapped(Written.Text(SummaryReport.Write, Recording(unknown: 26), new SummaryOptions()));
        Assert.Matches("^in short      needs [0-9.]+ MiB to [0-9.]+ MiB within 10.00 s, 42.00 MiB cold, 26.00 MiB unknown", unsure);
        Assert.Contains("  how sure    invalid: nothing is known of 26.0 % of the resident memory", unsure, StringComparison.Ordinal);
        Assert.Contains("no advice on sizes: nothing is known of 26.0 % of the resident memory", unsure, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_DoubtsNumbersThatCannotBeTrue()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Target(0, 42, "app", "app")
            .Call(sink => sink.OnFootprint(new Footprint { TimeNs = 1, RssBytes = Mib, PssBytes = Footprint.Unknown }))
            .Snapshot(1, [(0, 512 * Mib, 3, 0)])
            .Snapshot(2, [(0, 512 * Mib, 0, 0)]);
        JsonElement[] doubts = [.. Written.Json(SummaryReport.Write, recording, new SummaryOptions()).GetProperty("graded_doubts").EnumerateArray()];
        string[] texts = [.. doubts.Select(doubt => $"{doubt.GetProperty("grade")}: {doubt.GetProperty("text")}")];

        Assert.Contains("warning: the working set by damo's rule is larger than the resident memory in 50.0 % of the snapshots: "
            + "regions are coarser than what is accessed", texts);
        Assert.Contains(texts, text => text.StartsWith("warning: a region is larger than the resident memory on average", StringComparison.Ordinal));
        Assert.Contains("warning: what is populated is not known: memory never touched may count as cold", texts);
        Assert.StartsWith("info: ", texts[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void UnclearableShare_IsNeverAboveAll()
    {
        // Counted over 30 regions while they were split, and 2 are left after the merge.
        HandmadeRecording recording = new HandmadeRecording().Call(sink =>
        {
            Snapshot snapshot = new()
            {
                NrRegions = 2,
                Complete = true,
                NrSamples = 20,
                NrUnclearable = 595,
                NrUnprepared = 5,
                SampleUs = 5000,
                AggrUs = 100_000,
            };
            snapshot.Add(new RegionEvent { End = 4096 });
            snapshot.Add(new RegionEvent { Start = 4096, End = 8192 });
            sink.OnSnapshot(snapshot);
        });
        string text = Unwrapped(Written.Text(SummaryReport.Write, recording, new SummaryOptions()));
        Assert.Contains("99.2 % of the samples fell on pages", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Recency_IsThatOfPagesAndNotOfAveragedAges()
    {
        JsonElement target = Written.Json(RecencyReport.Write, Recording(unknown: 4), new RecencyOptions()).GetProperty("targets")[0];

        Assert.Equal("pages", target.GetProperty("source").GetString());
        Assert.Equal(100 * Mib, target.GetProperty("total_bytes").GetUInt64());
        Assert.Equal(4 * Mib, target.GetProperty("unknown_bytes").GetUInt64());
        JsonElement[] tail = [.. target.GetProperty("tail").EnumerateArray()];
        Assert.Equal([0UL, 100_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000], tail.Select(row => row.GetProperty("idle_us").GetUInt64()));
        Assert.Equal([100UL, 80, 64, 64, 64, 64], tail.Select(row => row.GetProperty("bytes_at_end").GetUInt64() / Mib));
        JsonElement heap = target.GetProperty("mappings").EnumerateArray().Single(mapping => mapping.GetProperty("mapping").GetString() == "[heap]");
        Assert.Equal(36 * Mib, heap.GetProperty("total_bytes").GetUInt64());
        string text = Written.Text(RecencyReport.Write, Recording(unknown: 4), new RecencyOptions());
        Assert.Contains("nothing is known of 4.00 MiB (4.0 %): in no row but the first", text, StringComparison.Ordinal);
        Assert.DoesNotContain("may count as cold", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Footprint_SaysTheThreeStates()
    {
        HandmadeRecording recording = Recording().Call(sink => sink.OnFootprint(
            new Footprint { TimeNs = 12_100_000_000, RssBytes = 100 * Mib, VszBytes = 300 * Mib, PssBytes = Footprint.Unknown }));
        Assert.Contains(
            "100.00 MiB resident at the end, 92.25 MiB mapped are not populated:\n32.00 MiB accessed within 10.00 s (",
            Written.Text(FootprintsReport.Write, recording, new FootprintsOptions()), StringComparison.Ordinal);
    }

    [Fact]
    public void Regions_SayWhatHoldsNoMemoryOrIsUnknown()
    {
        HandmadeRecording recording = new HandmadeRecording().Snapshot(
            0,
            [(0, Mib, 20, 5), (Mib, 2 * Mib, 0, 5), (2 * Mib, 3 * Mib, 0, 6), (3 * Mib, 4 * Mib, 0, 7)],
            estimates:
            [
                HandmadeRecording.Estimate(PagesOfMib, 0, 64), HandmadeRecording.Estimate(0, 0, 0),
                HandmadeRecording.Estimate(100, 100, 0), HandmadeRecording.Estimate(128, 28, 0),
            ]);
        JsonElement[] lists = [.. Written.Json(RegionsReport.Write, recording, new RegionsOptions { Orders = [RegionOrder.Oldest] })
            .GetProperty("targets")[0].GetProperty("lists")[0].GetProperty("ranges").EnumerateArray()];
        JsonElement hot = lists.Single(range => range.GetProperty("start").GetUInt64() == 0);
        Assert.Equal(25, hot.GetProperty("mean_touched_percent").GetDouble(), 3);
        Assert.Equal(Mib, hot.GetProperty("resident_bytes").GetUInt64());
        string text = Written.Text(RegionsReport.Write, recording, new RegionsOptions { Orders = [RegionOrder.Oldest] });
        Assert.Contains(" no memory ", text, StringComparison.Ordinal);
        Assert.Contains("   unknown ", text, StringComparison.Ordinal);
        Assert.Contains("  1.00 MiB    1.00 MiB  25.0 %   200.000 ", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1u, "touched pages")]
    [InlineData(20u, "hot ranges")]
    public void Compare_SaysTheOverlapAndOfWhat(uint nrSamples, string of)
    {
        HandmadeRecording a = Exact(nrSamples, (0, 4), (8, 12));
        HandmadeRecording b = Exact(nrSamples, (2, 4), (8, 12), (20, 26));
        StringWriter output = new();
        CompareReport.Write(() => a, () => b, new CompareOptions(), ReportFormat.Json, output, CancellationToken.None);
        JsonElement overlap = JsonDocument.Parse(output.ToString()).RootElement.GetProperty("targets")[0].GetProperty("overlap");

        Assert.Equal(of, overlap.GetProperty("of").GetString());
        Assert.Equal(6 * 4096, overlap.GetProperty("both_bytes").GetInt32());
        Assert.Equal(14 * 4096, overlap.GetProperty("any_bytes").GetInt32());
    }

    /// <summary>Twelve snapshots, for regions count only once they have adapted.</summary>
    private static HandmadeRecording Exact(uint nrSamples, params (ulong Start, ulong End)[] pages)
    {
        HandmadeRecording recording = new HandmadeRecording().Target(0, 42, "app", "app");
        for (int i = 0; i < 12; i++)
        {
            recording.Snapshot(
                i, [.. pages.Select(range => (range.Start * 4096, range.End * 4096, 1u, 0u))], nrSamples: nrSamples,
                estimates: [.. pages.Select(range => HandmadeRecording.Estimate((uint)(range.End - range.Start), 0, range.End - range.Start))]);
        }

        return recording;
    }

    /// <summary>
    /// 100 MiB resident of 192 mapped, each 16th page followed: 64 MiB of [anon], 36 MiB of [heap], a stack too small for a share; 16 MiB
    /// of [anon] accessed within 0.1 s, 32 within 1 s. Regions say 100 MiB, samples 20.
    /// </summary>
    private static HandmadeRecording Recording(ushort unknown = 0) => new HandmadeRecording()
        .Target(0, 42, "app", "app")
        .Call(sink =>
        {
            sink.OnMapping(new MappingDescription(0, 1, 4, 0, 64 * Mib, "rw-p", ""));
            sink.OnMapping(new MappingDescription(0, 1, 4, 64 * Mib, 128 * Mib, "---p", "[guard]"));
            sink.OnMapping(new MappingDescription(0, 1, 4, 128 * Mib, 256 * Mib, "rw-p", "[heap]"));
            sink.OnMapping(new MappingDescription(0, 1, 4, 256 * Mib, (256 * Mib) + (64 * 4096), "rw-p", "[stack]"));
        })
        .Snapshot(
            119, [(0, 100 * Mib, 3, 10)],
            estimates: [HandmadeRecording.Estimate(100 * PagesOfMib, 0, 20 * PagesOfMib, (float)(1.8 * PagesOfMib))])
        .Idle(12,
        [
            (0, 64 * PagesOfMib, 0, [(0, 16 * 16), (3, 16 * 16), (14, 32 * 16)]),
            (2, 36 * PagesOfMib, (ushort)(unknown * 16), [(14, (ushort)((36 - unknown) * 16))]),
        ]);

    [Fact]
    public void Lines_FitATerminal()
    {
        HandmadeRecording recording = Recording(unknown: 26).Call(sink => sink.OnFootprint(
            new Footprint { TimeNs = 12_100_000_000, RssBytes = 100 * Mib, VszBytes = 300 * Mib, PssBytes = Footprint.Unknown }));
        string text = Written.Text(SummaryReport.Write, recording, new SummaryOptions())
            + Written.Text(WssReport.Write, recording, new WssOptions { WorkTimeUs = 60_000_000 })
            + Written.Text(RecencyReport.Write, recording, new RecencyOptions { Mappings = 0 })
            + Written.Text(FootprintsReport.Write, recording, new FootprintsOptions());
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    private static string Unwrapped(string text) => text.Replace("\n                ", " ", StringComparison.Ordinal);

    private static ulong Sum(JsonElement states, params string[] fields)
    {
        ulong sum = 0;
        foreach (string field in fields)
        {
            sum += states.GetProperty(field).GetUInt64();
        }

        return sum;
    }
}
