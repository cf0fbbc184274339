using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Reports.Summary;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class SummaryReportTests
{
    [Fact]
    public void A_summary_tells_what_was_monitored_what_came_out_and_what_to_doubt()
    {
        ContextDescription context = new(
            new ContextAttributes { SampleUs = 5000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 },
            "kdamond.0", "vaddr", "access-bits", "granularity=page flushed=yes");

        // 2 of 20 x 2 samples unclearable: 5 %. Between heartbeats 3 ms of CPU in 100 ms: 3 %.
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 0, Lost = 1 }
            .Call(sink => sink.OnContext(context))
            .Call(sink => sink.OnContext(context))
            .Target(0, 42, "app", "app --run")
            .Mapping(0, 0x100000, 0x120000, "rw-p", "[heap]")
            .Call(sink => sink.OnHeartbeat(new Heartbeat { MonotonicNs = 0, ProcessCpuNs = 1_000_000 }))
            .Snapshot(0, [(0x100000, 0x110000, 20, 3), (0x110000, 0x120000, 0, 3)])
            .Call(sink => sink.OnFootprint(new Footprint
            {
                TimeNs = 150_000_000,
                RssBytes = 1 << 20,
                VszBytes = 2 << 20,
                PssBytes = Footprint.Unknown,
                SwapBytes = 4096,
            }))
            .Snapshot(1, [(0x100000, 0x110000, 10, 0)], missing: 1)
            .Call(sink => sink.OnHeartbeat(
                new Heartbeat { MonotonicNs = 100_000_000, ProcessCpuNs = 4_000_000, NrLate = 2, NrMissed = 1 }));

        string expected =
            """
            in short      needs 64.00 KiB by damo's rule (median); idle times of pages were
                            not recorded
              how sure    warning: 1 events were lost, 1 of 2 snapshots lack regions
            target        0: pid 42 (app)
                          app ...
            duration      200.0 ms, from 1970-01-01 00:00:00.000 UTC
            snapshots     2, 1 incomplete
            events        3, 1 lost
            intervals     sample 5 ms, aggregation 100 ms, update 1 s, regions 10..1000
              windows     5.20 ms long, mean
            access check  access-bits on vaddr (kdamond.0)
              labels      granularity=page flushed=yes
            result of     target 0: pid 42 (app), kdamond.0
              working set p50 64.000 KiB, p75 64.000 KiB, p95 64.000 KiB
                          of 128.000 KiB monitored
              footprint   RSS 1.00 MiB, swap 4.00 KiB, VSZ 2.00 MiB
              hottest     200.0 Hz, 0x000000100000-0x000000110000 (64.000 KiB)
                          rw-p [heap]
              idle        64.000 KiB, 50.0 %, for 200.0 ms or longer
              by name       64.00 KiB of  128.00 KiB accessed  [heap]
            recorder      3.0 % of one CPU, 2 checks late, 1 missed
            doubts        warning: 1 events were lost, 1 of 2 snapshots lack regions
                          warning: what is populated is not known: memory never touched may
                            count as cold
                          warning: 5.0 % of the samples fell on pages whose accessed bit
                            cannot be cleared
                          info: only 2 snapshots: regions need about 20 to settle
                          info: 1 sampling intervals passed without a check: the machine was
                            busy

            """;
        Assert.Equal(expected, Write(recording));
    }

    [Fact]
    public void A_recording_without_descriptions_says_what_it_does_not_know()
    {
        HandmadeRecording recording = new HandmadeRecording { HasIntervals = false, Truncation = "offset 7: the stream ends" }
            .Snapshot(0, [(0x1000, 0x2000, 3, 0)]);

        string text = Write(recording);
        Assert.Contains("intervals     not recorded", text, StringComparison.Ordinal);
        Assert.Contains("wall clock not recorded", text, StringComparison.Ordinal);
        Assert.Contains("hottest     3 samples, ", text, StringComparison.Ordinal);
        Assert.Contains("doubts        warning: the recording breaks off: offset 7: the stream ends", text, StringComparison.Ordinal);
        Assert.Contains("1 snapshots without known intervals: no Hz for them", text, StringComparison.Ordinal);
    }

    /// <summary>damo's files describe no context, but have the intervals.</summary>
    [Fact]
    public void Intervals_of_snapshots_are_told_where_nothing_else_tells_them()
    {
        string text = Write(new HandmadeRecording()
            .Stretched(0, 5_000, [(0x1000, 0x2000, 3, 0)]).Stretched(100_000_000, 10_000, [(0x1000, 0x2000, 3, 0)]));
        Assert.Contains("\nintervals     sample 5 ms to 10 ms, aggregation 100 ms to 200 ms\n", text, StringComparison.Ordinal);
    }

    /// <summary>As damo writes it for people: numbers with units, some of them missing.</summary>
    [Fact]
    public void Intervals_of_damos_text_are_told()
    {
        const string json =
            """
            [{"kdamond_idx": 0, "context_idx": 0, "intervals": {"sample_us": "5ms", "aggr_us": "100ms", "ops_update_us": "1s"}, "scheme_idx": 0,
            "target_id": null, "snapshots": [
              {"start_time": "0", "end_time": "1000000000", "regions": [
                {"start": "4K", "end": "8K", "nr_accesses": {"samples": 0, "percent": 0}, "age": {"usec": "1s", "aggr_intervals": 10}},
                {"start": "8K", "end": "16K", "nr_accesses": {"samples": 19, "percent": "95%"}, "age": {"usec": "100ms", "aggr_intervals": 1}}]},
              {"start_time": "1000000000", "end_time": "1,100,000,000", "regions": [
                {"start": "4K", "end": "8K", "nr_accesses": {"samples": null, "percent": "50%"}, "age": {"usec": "1s", "aggr_intervals": null}},
                {"start": "8 K", "end": "16 KiB", "nr_accesses": {"samples": "19", "percent": "95 %"}, "age": {"usec": "100 ms", "aggr_intervals": "1"}}]}]}]
            """;

        string text = Written.Text(SummaryReport.Write, new RecordingReader(new MemoryStream(Encoding.UTF8.GetBytes(json)), "a.json"), new SummaryOptions());

        Assert.Contains("\nintervals     sample 5 ms, aggregation 100 ms\n", text, StringComparison.Ordinal);
        Assert.Contains("\nsnapshots     2", text, StringComparison.Ordinal);
    }

    private static string Write(HandmadeRecording recording) => Written.Text(SummaryReport.Write, recording, new SummaryOptions());
}
