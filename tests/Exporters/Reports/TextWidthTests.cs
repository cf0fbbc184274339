using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Compare;
using Damon.Trace.Reports.Footprints;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.NrRegions;
using Damon.Trace.Reports.Recency;
using Damon.Trace.Reports.Regions;
using Damon.Trace.Reports.Summary;
using Damon.Trace.Reports.Times;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>Every report in 80 columns, of a process whose addresses have 47 bits, whose sizes have all their digits, and whose names are long.</summary>
public sealed class TextWidthTests
{
    private const ulong Gib = 1UL << 30;
    private const ulong Top = 0x7fff_ffff_f000;
    private const ulong Low = Top - (1023 * Gib) - 1_023_000_000;

    public static TheoryData<string> Reports =>
    [
        "summary", "heatmap", "heatmap by heat", "wss", "wss over time", "regions", "recency", "footprint", "footprint over time", "nr-regions",
        "nr-regions over time", "times", "compare",
    ];

    [Theory]
    [MemberData(nameof(Reports))]
    public void Report_Fits80Columns(string report)
    {
        string text = Write(report, new ReportSelection()) + Write(report, new ReportSelection { WallTime = true });

        Assert.Contains("target 0", text, StringComparison.Ordinal);

        // A name that is longer than a line stays in one piece.
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80 || !line.TrimStart().Contains(' ', StringComparison.Ordinal), line));
    }

    /// <summary>Names stand where there is room for them.</summary>
    [Fact]
    public void Report_IsWiderOnAWideTerminal()
    {
        string text = Write("regions", new ReportSelection { TextColumns = 300 });

        Assert.Contains($"{ReportText.Range(Low, Low + (1000 * Gib))}", text, StringComparison.Ordinal);
        Assert.Matches($"{ReportText.Range(Low, Low + (1000 * Gib))}.*/opt/a vendor/lib", text);
    }

    private static string Write(string report, ReportSelection selection)
    {
        HandmadeRecording recording = Recording();
        T With<T>(T options)
            where T : ReportSelection => options with { WallTime = selection.WallTime, TextColumns = selection.TextColumns };
        return report switch
        {
            "summary" => Written.Text(SummaryReport.Write, recording, With(new SummaryOptions())),
            "heatmap" => Written.Text(HeatmapReport.Write, recording, With(new HeatmapOptions())),
            "heatmap by heat" => Written.Text(HeatmapReport.Write, recording, With(new HeatmapOptions { HottestFirst = true })),
            "wss" => Written.Text(WssReport.Write, recording, With(new WssOptions { WorkTimeUs = 123_456 })),
            "wss over time" => Written.Text(WssReport.Write, recording, With(new WssOptions { OverTime = true })),
            "regions" => Written.Text(RegionsReport.Write, recording, With(new RegionsOptions())),
            "recency" => Written.Text(RecencyReport.Write, recording, With(new RecencyOptions())),
            "footprint" => Written.Text(FootprintsReport.Write, recording, With(new FootprintsOptions())),
            "footprint over time" => Written.Text(FootprintsReport.Write, recording, With(new FootprintsOptions { OverTime = true })),
            "nr-regions" => Written.Text(NrRegionsReport.Write, recording, With(new NrRegionsOptions())),
            "nr-regions over time" => Written.Text(NrRegionsReport.Write, recording, With(new NrRegionsOptions { OverTime = true })),
            "times" => Written.Text(TimesReport.Write, recording, With(new TimesOptions
            {
                MinHz = 1.5,
                MaxHz = 199.5,
                MinSizeBytes = 4096,
                MaxSizeBytes = Top,
                MinAgeUs = 100_000,
                FromAddress = Low,
                ToAddress = Top,
            })),
            _ => Compare(recording, With(new CompareOptions())),
        };
    }

    private static string Compare(HandmadeRecording recording, CompareOptions options)
    {
        StringWriter output = new() { NewLine = "\n" };
        CompareReport.Write(() => recording, Recording, options, ReportFormat.Text, output, CancellationToken.None);
        return output.ToString();
    }

    /// <summary>A hot half of 1000 GiB beside memory that nobody could sample, for two seconds, with pages followed.</summary>
    private static HandmadeRecording Recording()
    {
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 1_780_000_000_000_000_000 }
            .Target(0, 4_194_304, "a-long-comm-1234", "a-long-comm-1234")
            .Call(sink => sink.OnContext(new ContextDescription(
                new ContextAttributes { SampleUs = 5000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 }, "kdamond.0", "vaddr", "access-bits",
                "accesses=rw granularity=page flushed=yes clear=madvise-cold fallback=clear_refs sweeps=yes large-folios=kept")))
            .Mapping(0, Low, Low + (1000 * Gib), "rw-p", "/opt/a vendor/lib/with a name of many words/" + new string('x', 120))
            .Mapping(0, Low + (1000 * Gib), Top, "rw-p", "[anon:some allocator's name]");
        for (int i = 0; i < 40; i++)
        {
            recording.Snapshot(
                i, [(Low, Low + (1000 * Gib), (uint)(i % 20) + 1, (uint)i), (Low + (1000 * Gib), Top, 0, 100_000)],
                estimates: [HandmadeRecording.Estimate(262_144_000, 0, 123_456_789), HandmadeRecording.Estimate(6_000_000, 5_999_999, 0)]);
            Footprint footprint = new()
            {
                TargetId = 0,
                TimeNs = (ulong)(i + 1) * 100_000_000,
                VszBytes = Top - Low,
                RssBytes = 1023 * Gib,
                PssBytes = 1022 * Gib,
                SwapBytes = 1021 * Gib,
            };
            recording.Call(sink => sink.OnFootprint(in footprint));
        }

        return recording.Idle(3.9, [(0, 262_144_000, 0, [(1, 400), (4, 400)]), (1, 6_000_000, 300, [(4, 100)])]);
    }
}
