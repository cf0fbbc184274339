using System.Text;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

public sealed class PerfScriptReaderTests
{
    private const string Statistics =
        "Statistics 100000000000 1 kdamond.0 77 1.2 0 0 0-0 0 0 0 SchemeStatistics { NrTried = 1, SzTried = 2, NrApplied = 3, SzApplied = 4, "
        + "SzOpsFilterPassed = 5, QtExceeds = 6, NrSnapshots = 7 }";

    private const string Fields = "target_id=3 nr_regions=1 4096-8192: 5 6";

    [Theory]
    [InlineData("       kdamond.0      77 [002]   100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0    77 [002]   100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("kdamond.0 77 [002] 100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("  .NET TP Worker      77 [002]   100.000001: damon:damon_aggregated: " + Fields, ".NET TP Worker")]
    [InlineData("     a [9] 12 7/7      77 [002]   100.000001: damon:damon_aggregated: " + Fields, "a [9] 12 7/7")]
    [InlineData("           dämon      77 [002]   100.000001: damon:damon_aggregated: " + Fields, "dämon")]
    [InlineData("                      77 [002]   100.000001: damon:damon_aggregated: " + Fields, "")]
    [InlineData("       kdamond.0     77/77      [002]   100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002] d..1   100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0-77      [002] .....  100.000001: damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("     damon trace-77      [002]   100.000001: damon_aggregated: " + Fields, "damon trace")]
    [InlineData("       kdamond.0      77 [002]   100.000001:            damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001:\tdamon:damon_aggregated:\t" + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001000: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001:          1 damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001: damon:damon_aggregated:   call                  " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001: other_system:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001: damon:damon_aggregated: " + Fields + "   ", "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001: damon:damon_aggregated: " + Fields + "\r", "kdamond.0")]
    [InlineData("       kdamond.0-77      (     77) [002] .....   100.000001: damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0-77      (-------) [002] d..1.   100.000001: damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("     a (77)-77      (    5) [002] .....   100.000001: damon_aggregated: " + Fields, "a (77)")]
    [InlineData("       kdamond.0      77 [002] 2026-11-22 02:00:00.000000   100.000001: damon:damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001: " + Fields, "kdamond.0")]
    [InlineData("       kdamond.0      77 [002]   100.000001:          1   " + Fields, "kdamond.0")]
    [InlineData("kdamond.0-77      [002] 100000001000: damon_aggregated: " + Fields, "kdamond.0")]
    [InlineData("              ue   77 [002]   100.000001: user_events:damon_aggregated: target_id=3 nr_regions=1 start=4096 end=8192 nr_accesses=5 age=6", "ue")]
    [InlineData("          dotnet  77 [002]   100.000001: damon_user:damon_aggregated: (7fc84253f2c0) target_id=3 nr_regions=1 start=4096 end=8192 nr_accesses=5 age=6", "dotnet")]
    [InlineData("          dotnet  77 [002]   100.000001: sdt_damon:aggregated: (7fc84253f2c0) arg1=3 arg2=1 arg3=4096 arg4=8192 arg5=5 arg6=6", "dotnet")]
    [InlineData("          dotnet  77 [002]   100.000001: sdt_damon:aggregated: (7fc84253f2c0) arg1=0x3 arg2=0x1 arg3=0x1000 arg4=0x2000 arg5=0x5 arg6=0x6", "dotnet")]
    public void EveryShapeOfALine_SaysTheSame(string line, string comm)
    {
        Snapshot snapshot = Assert.Single(Read(line + "\n").Snapshots);
        RegionEvent region = snapshot.Regions[0];
        Assert.Equal(comm, snapshot.Kdamond);
        Assert.Equal((77, 3UL, 1U, true), (snapshot.KdamondTid, snapshot.TargetId, snapshot.NrRegions, snapshot.Complete));
        Assert.Equal((100_000_001_000, 2, 4096UL, 8192UL, 5U, 6U),
            (region.TimestampNs, region.Cpu, region.Start, region.End, region.NrAccesses, region.Age));
        Assert.Null(snapshot.WallOffsetNs);
        Assert.Null(snapshot.SampleUs);
        Assert.Null(snapshot.BeginNs);
    }

    /// <summary>What collectors put before a line; each before one that is padded, one that is not, and one of ftrace.</summary>
    [Theory]
    [InlineData("2026-11-29T10:40:42.123456789Z ")]
    [InlineData("2026-11-29T10:40:42.1234567Z ")]
    [InlineData("2026-11-29T10:40:42+01:00 ")]
    [InlineData("2026-11-29 10:40:42,123 ")]
    [InlineData("2026-11-29T10:40:42.123456789Z stdout F ")]
    [InlineData("Nov 29 10:40:42 host perf[123]: ")]
    [InlineData("Nov  9 10:40:42.123456 host my.service: ")]
    [InlineData("Nov 29 10:40:42 perf[123]: ")]
    [InlineData("Nov 29 10:40:42 ")]
    [InlineData("<13>Nov 29 10:40:42 host perf[123]: ")]
    [InlineData("2026-11-29T10:40:42+0000 host perf[123]: ")]
    [InlineData("[    5.123456] host perf[123]: ")]
    [InlineData("1764412842.123456 host perf[123]: ")]
    [InlineData("[pod/damon-x7/perf] ")]
    [InlineData("[pod/damon-x7/perf] 2026-11-29T10:40:42.123456789Z ")]
    [InlineData("damon-1  | ")]
    [InlineData("unknown collector: ")]
    [InlineData("=== step 7 of 9 ")]
    public void CollectorsPrefix_IsTakenOff(string prefix)
    {
        CollectingSink sink = Read(
            prefix + "# a comment\n" + prefix + "       kdamond.0      77 [002]   100.000001: damon:damon_aggregated: " + Fields + "\n"
            + prefix + "kdamond.0 77 [002] 100.000001: damon:damon_aggregated: " + Fields + "\n"
            + prefix + "       kdamond.0-77      [002] .....  100.000001: damon:damon_aggregated: " + Fields + "\n");
        Assert.Equal(["kdamond.0", "kdamond.0", "kdamond.0"], sink.Snapshots.Select(snapshot => snapshot.Kdamond));
        Assert.All(sink.Snapshots, snapshot => Assert.Equal((77, 100_000_001_000), (snapshot.KdamondTid, snapshot.Regions[0].TimestampNs)));
    }

    [Theory]
    [InlineData("[ perf record: Woken up 19 times to write data ]")]
    [InlineData("[ perf record: Captured and wrote 6.410 MB damon.data (78409 samples) ]")]
    [InlineData("Warning:")]
    [InlineData("Check IO/CPU overload!")]
    [InlineData("+ perf script -F comm,tid,cpu,time,event,trace")]
    [InlineData("WARNING: Kernel address maps (/proc/{kallsyms,modules}) were restricted.")]
    [InlineData("-- Journal begins at Sun 2026-11-29 --")]
    [InlineData("TRACE:")]
    [InlineData("version = 7")]
    public void Remarks_AreSkippedCountedAndQuoted(string remark)
    {
        CollectingSink sink = Read(Line(1, 0, 1) + remark + "\n\n" + Line(2, 0, 1));
        Assert.Equal(2, sink.Snapshots.Count);
        Assert.Equal(
            $"1 lines of other events and remarks were skipped, the first remark at line 2, byte {Line(1, 0, 1).Length}: \"{remark[..Math.Min(40, remark.Length)]}\"",
            Assert.Single(sink.End!.Notes));
    }

    [Fact]
    public void LineWithoutEventsName_IsReadAndSaid()
    {
        CollectingSink sink = Read("       kdamond.0      77 [002]   100.000001: " + Fields + "\n");
        Assert.Equal("1 lines have no event's name and were taken for damon_aggregated", Assert.Single(sink.End!.Notes));
    }

    [Fact]
    public void WholeTimes_AreReadAndSaid()
    {
        CollectingSink sink = Read("k-77      [001] ..... 16093288349073: damon_aggregated: " + Fields + "\n");
        Assert.Equal(16_093_288_349_073, Assert.Single(sink.Snapshots).Regions[0].TimestampNs);
        Assert.Contains("without a unit", Assert.Single(sink.End!.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# entries-in-buffer/entries-written: 1358/5519   #P:2\n", 4161)]
    [InlineData("# entries-in-buffer/entries-written: 1/2 #P:2\n# entries-in-buffer/entries-written: 1/9 #P:2\n", 8)]
    [InlineData("# entries-in-buffer/entries-written: 5519/5519   #P:2\n", 0)]
    [InlineData("Processed 78409 events and lost 3 chunks!\n", 3)]
    [InlineData("Processed 2000 samples and lost 12.50%!\n", 250)]
    [InlineData("CPU: 0\nentries: 0\noverrun: 7\ncommit overrun: 0\n", 7)]
    public void LossesAmongTheLines_AreCounted(string text, long lost) => Assert.Equal(lost, Read(Line(1, 0, 1) + text).End!.LostEvents);

    [Theory]
    [InlineData("hello\n", "line 1, byte 0: expected a line of the form")]
    [InlineData("# a comment\n\n", "found comments only")]
    [InlineData("            perf  1234 [001]  1072.084822:          1 cycles:  ffffffff81ad186a foo+0x1a ([kernel.kallsyms])\n", "found other events only")]
    [InlineData("k 1 [000] 1.000000: damon:damon_foo: target_id=0 nr_regions=1 0-1: 0 0\n", "found other events only")]
    public void TextWithoutAnEvent_IsAnError(string text, string message)
    {
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Read(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint!);
    }

    [Fact]
    public void LongTextOfAnotherKind_IsRefusedEarly()
    {
        MemoryStream text = Bytes(string.Concat(Enumerable.Repeat("some line of some log\n", 100_000)));
        Assert.Throws<RecordingFormatException>(() => new PerfScriptReader(text).ReadTo(new CollectingSink()));
        Assert.InRange(text.Position, 0, text.Length / 10);
    }

    [Fact]
    public void SystracePage_IsReadWithoutItsViewer()
    {
        CollectingSink sink = Read(
            "<!DOCTYPE html>\n<html>\n<script>" + new string('x', 300_000) + "</script>\n"
            + "  <script class=\"trace-data\" type=\"application/text\">\n# tracer: nop\n"
            + "           <...>-77    (-----) [001] ...1   100.000000: damon_aggregated: target_id=0 nr_regions=1 0-4096: 3 4\n"
            + "            app-9    (    9) [001] ...1   100.000001: tracing_mark_write: B|9|doFrame\n"
            + "  </script>\n<script>var x = 1;</script>\n</html>\n");
        Assert.Equal("<...>", Assert.Single(sink.Snapshots).Kdamond);
    }

    [Fact]
    public void ManyNamesOfEvents_AreAllDistinct()
    {
        // Two names with the same 32-bit hash would be one event to a reader that keeps the hash.
        StringBuilder text = new();
        for (int i = 0; i < 30; i++)
        {
            text.Append($"k 77 [000] {i}.000000: s{i}:damon_aggregated: target_id={i} nr_regions=1 0-1: 0 0\n");
            text.Append($"k 77 [000] {i}.000000: t{i}:damon_aggregated: target_id={i} nr_regions=1 0-1: 0 0\n");
        }

        Assert.Equal(30, Read(text.ToString()).Snapshots.Count);
    }

    [Theory]
    [InlineData("       kdamond.0      77   100.000001: damon:damon_aggregated: " + Fields, 77)]
    [InlineData("kdamond.x xxxx xxxx 100.000001: damon:damon_aggregated: " + Fields, 0)]
    public void MissingCpu_IsUnknown(string line, int tid)
    {
        Snapshot snapshot = Assert.Single(Read(line + "\n").Snapshots);
        Assert.Equal((tid, -1), (snapshot.KdamondTid, snapshot.Regions[0].Cpu));
        Assert.StartsWith("kdamond.", snapshot.Kdamond, StringComparison.Ordinal);
    }

    [Fact]
    public void LargestNumbers_AreRead()
    {
        Snapshot snapshot = Assert.Single(Read(
            "k 2147483647 [2147483647] 9223372036.854775807: damon:damon_aggregated: target_id=18446744073709551615 "
            + "nr_regions=4294967295 18446744073709551614-18446744073709551615: 4294967295 4294967295\n").Snapshots);
        RegionEvent region = snapshot.Regions[0];
        Assert.Equal((ulong.MaxValue, uint.MaxValue, int.MaxValue), (snapshot.TargetId, snapshot.NrRegions, snapshot.KdamondTid));
        Assert.Equal((long.MaxValue, int.MaxValue, ulong.MaxValue - 1, ulong.MaxValue, uint.MaxValue, uint.MaxValue),
            (region.TimestampNs, region.Cpu, region.Start, region.End, region.NrAccesses, region.Age));
    }

    [Fact]
    public void MissingAge_IsZero()
    {
        Snapshot snapshot = Assert.Single(Read("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 7\n").Snapshots);
        Assert.Equal((7U, 0U), (snapshot.Regions[0].NrAccesses, snapshot.Regions[0].Age));
    }

    [Fact]
    public void CommentsAndBlankLines_AreSkipped()
    {
        string comments = "# ========\n# cmdline : perf record -e damon:damon_aggregated: x\n# a b c\n\n   \n#" + new string('x', 400_000) + "\n";
        Assert.Single(Read(comments + Line(1, 0, 1) + comments).Snapshots);
    }

    [Theory]
    [InlineData("     0.027 perf/1234 sched:sched_switch(prev_pid: 77, next_pid: 78)")]
    [InlineData("            perf  1234 [001]  1072.084822:          1 cycles:  ffffffff81ad186a foo+0x1a ([kernel.kallsyms])")]
    [InlineData("       kdamond.0      77 [000]   100.000000: PERF_RECORD_COMM exec: kdamond.0:77/77")]
    [InlineData("PERF_RECORD_FINISHED_ROUND")]
    [InlineData("\tffffffff81ad186a damon_trace_aggregated+0x1a ([kernel.kallsyms])")]
    [InlineData("cpus=2")]
    public void OtherLines_AreSkippedAndCounted(string line)
    {
        PerfScriptReader reader = new(Bytes(Line(1, 0, 1) + line + "\n" + Line(2, 0, 1)));
        CollectingSink sink = new();
        reader.ReadTo(sink);
        Assert.Equal(2, sink.Snapshots.Count);
        Assert.Equal(1, reader.OtherLines);
    }

    [Theory]
    [InlineData("CPU:1 [LOST 12 EVENTS]")]
    [InlineData("CPU:1 [12 EVENTS DROPPED]")]
    [InlineData("       kdamond.0      77 [000]   100.000000: PERF_RECORD_LOST lost 12")]
    public void LostEvents_AreReported(string line) => Assert.Equal(12, Read(line + "\n").End!.LostEvents);

    [Theory]
    [InlineData("damos_before_apply: ctx_idx=1 scheme_idx=2 target_idx=3 nr_regions=10 4096-8192: 5 6", "BeforeApply 100000000000 1 kdamond.0 77 1.2 3 10 4096-8192 5 6 0 ")]
    [InlineData("damos_esz: ctx_idx=1 scheme_idx=2 esz=1048576", "EffectiveQuota 100000000000 1 kdamond.0 77 1.2 0 0 0-0 0 0 1048576 ")]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2 nr_tried=1 sz_tried=2 nr_applied=3 sz_tried=4 sz_ops_filter_passed=5 qt_exceeds=6 nr_snapshots=7", Statistics)]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2 nr_tried=1 sz_tried=2 nr_applied=3 sz_applied=4 sz_ops_filter_passed=5 qt_exceeds=6 nr_snapshots=7", Statistics)]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2 stat=1 2 3 4 5 6 7", Statistics)]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2 1 2 3 4 5 6 7", Statistics)]
    public void EventsOfSchemes_AreDelivered(string text, string expected)
    {
        RecordedCalls calls = new();
        new PerfScriptReader(Bytes("       kdamond.0      77 [001]   100.000000: damon:" + text + "\n")).ReadTo(calls);
        Assert.StartsWith(expected, Assert.Single(calls.Lines), StringComparison.Ordinal);
        Assert.Equal("1 events of schemes were read; 'report schemes' shows them, text and perf.data have them with --all-events", Assert.Single(calls.End!.Notes));
    }

    [Theory]
    [InlineData("damos_esz: ctx_idx=1 scheme_idx=2 esz=x", "expected a number, found \"x\"")]
    [InlineData("damos_before_apply: ctx_idx=1 target_idx=3", "expected scheme_idx=")]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2 1 2 3 4 5 6 7 8", "expected the end of the line")]
    [InlineData("damos_stat_after_apply_interval: ctx_idx=1 scheme_idx=2", "expected the scheme's counters")]
    public void DamagedEventsOfSchemes_AreErrors(string text, string message)
    {
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Read("k 77 [001]   100.000000: damon:" + text + "\n"));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Linux 7.3 can monitor attributes only: nr_accesses is 0 then, which does not mean cold.</summary>
    [Theory]
    [InlineData("0-4096: 0 1 probe_hits=00 00", "0-4096: 0 2 probe_hits=00 14", true)]
    [InlineData("0-4096: 0 1 probe_hits=00 00", "0-4096: 3 2 probe_hits=00 14", false)]
    [InlineData("0-4096: 0 1 probe_hits=00 00", "0-4096: 0 2 probe_hits=00 00", false)]
    public void AttributesOnly_IsRefused(string first, string second, bool refused)
    {
        const string Head = "k 77 [001]   100.000000: damon:damon_region_aggregated: target_id=0 nr_regions=1 ";
        Exception? error = Record.Exception(() => Read(Head + first + "\n" + Head + second + "\n"));
        Assert.Equal(refused, error is RecordingFormatException e && e.Message.Contains("attributes-only", StringComparison.Ordinal));
        Assert.Equal(refused, error is not null);
    }

    [Fact]
    public void IntervalsTuned_AreDelivered()
    {
        CollectingSink sink = Read("       kdamond.0      77 [001]   100.050000: damon:damon_monitor_intervals_tune: sample_us=80000\n");
        Assert.Equal((100_050_000_000, 1, "kdamond.0", 77, 80000UL), Assert.Single(sink.Tunes));
    }

    [Theory]
    [InlineData("\u0001\u0002PERFILE2\n", "found \"..PERFILE2\"")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: nr_regions=1 0-1: 0 0\n", "line 1, byte 44: expected target_id=")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=x nr_regions=1 0-1: 0 0\n", "expected a number, found \"x nr_regions")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=4294967296 0-1: 0 0\n", "expected a number, found \"4294967296")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=18446744073709551616 nr_regions=1 0-1: 0 0\n", "expected a number")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 -1\n", "expected the age or the end of the line, found \"-1\"")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 None\n", "found \"None\"")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0 0\n", "expected the end of the line, found \"0\"")]
    [InlineData("k 1 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: \n", "found the end of the line")]
    [InlineData("k 1 [000] 1.00000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0\n", "a time with 6 or 9 digits")]
    [InlineData("k 1 [000] 99999999999.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0\n", "the seconds of the time")]
    [InlineData("k 1 [000] damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0\n", "expected a time such as")]
    [InlineData("k [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0\n", "expected a thread id")]
    [InlineData("k 99999999999 [000] 1.000000: damon:damon_aggregated: target_id=0 nr_regions=1 0-1: 0 0\n", "expected a thread id")]
    [InlineData("# one\nk 1 [000] 1.000000: damon:damon_monitor_intervals_tune: sample=1\n", "line 2, byte 62: expected sample_us=")]
    public void AnythingElse_IsAnErrorThatSaysWhere(string text, string message)
    {
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Read(text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessLine_IsAnErrorInBoundedMemory()
    {
        RecordingFormatException error = Assert.Throws<RecordingFormatException>(() => Read(new string('x', 1_000_000)));
        Assert.Contains("at most 128 KiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyText_IsAnEmptyRecording()
    {
        CollectingSink sink = Read("");
        Assert.Equal(new RecordingEnd(0, 0, 0, 0, null), sink.End);
    }

    [Fact]
    public void TextCutAnywhere_KeepsAllLinesBefore()
    {
        string text = Line(1, 0, 3) + Line(1, 1, 3) + Line(1, 2, 3);
        for (int length = 0; length < text.Length; length++)
        {
            if (length > 0 && string.IsNullOrWhiteSpace(text[..length]))
            {
                continue;
            }

            CollectingSink sink = Read(text[..length]);
            int lines = text[..length].Count(c => c == '\n');
            Assert.Equal(lines, sink.End!.Events);
            Assert.Equal(lines > 0 ? 1 : 0, sink.End.IncompleteSnapshots);
            bool between = length == 0 || text[length - 1] == '\n' || string.IsNullOrWhiteSpace(text[..length].Split('\n')[^1]);
            Assert.Equal(between, sink.End.Truncation is null);
            if (!between)
            {
                Assert.StartsWith($"line {lines + 1}, byte ", sink.End.Truncation, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void MutatedText_ThrowsNothingButFormatErrors()
    {
        Random random = new(TestSeed.Value);
        byte[] original = Encoding.UTF8.GetBytes(Line(1, 0, 2) + Line(1, 1, 2) + "# c\nk 1 [000] 1.000000: damon:damon_monitor_intervals_tune: sample_us=1\n");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. original];
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : " \t\n\r:[]/-.0179x="u8[random.Next(16)];
            }

            try
            {
                new PerfScriptReader(new MemoryStream(bytes)).ReadTo(new CollectingSink());
            }
            catch (RecordingFormatException)
            {
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void BlockBorders_DoNotMatter(int blockBytes)
    {
        StringBuilder text = new();
        for (int snapshot = 0; snapshot < 300; snapshot++)
        {
            for (uint region = 0; region < 10; region++)
            {
                text.Append(Line(snapshot, region, 10));
            }
        }

        CollectingSink sink = new();
        new PerfScriptReader(new SmallReadsStream(Encoding.UTF8.GetBytes(text.ToString()), blockBytes)).ReadTo(sink);
        Assert.Equal(new RecordingEnd(300, 0, 3000, 0, null), sink.End);
    }

    [Fact]
    public void Reading_DoesNotAllocatePerLine()
    {
        byte[] small = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10).Select(i => Line(i, 0, 1))));
        byte[] large = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => Line(i, 0, 1))));
        Measure(small);
        // Less than a byte a line: what the runtime itself allocates now and then may be in it.
        Assert.InRange(Measure(large) - Measure(small), 0, 9_989);

        static long Measure(byte[] text)
        {
            MemoryStream stream = new(text);
            long before = GC.GetAllocatedBytesForCurrentThread();
            new PerfScriptReader(stream).ReadTo(new CountingSink());
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static string Line(int second, uint region, uint nrRegions) =>
        $"       kdamond.0      77 [000] {second,5}.{region:D6}: damon:damon_aggregated: target_id=0 nr_regions={nrRegions} {region * 4096}-{(region + 1) * 4096}: 0 1\n";

    private static CollectingSink Read(string text)
    {
        CollectingSink sink = new();
        new PerfScriptReader(Bytes(text)).ReadTo(sink);
        return sink;
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
