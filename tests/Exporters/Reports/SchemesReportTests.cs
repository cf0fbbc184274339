using System.Text;
using System.Text.Json;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Schemes;

namespace Damon.Trace.Exporters.Tests.Reports;

public sealed class SchemesReportTests
{
    private const string Text = """
               kdamond.0    77 [000]   100.000000: damon:damos_before_apply: ctx_idx=0 scheme_idx=0 target_idx=0 nr_regions=3 4096-8192: 0 7
               kdamond.0    77 [000]   100.500000: damon:damos_before_apply: ctx_idx=0 scheme_idx=0 target_idx=0 nr_regions=3 8192-24576: 3 0
               kdamond.0    77 [000]   102.000000: damon:damos_before_apply: ctx_idx=0 scheme_idx=0 target_idx=1 nr_regions=3 4096-8192: 2 1
               kdamond.0    77 [000]   102.000000: damon:damos_before_apply: ctx_idx=0 scheme_idx=1 target_idx=0 nr_regions=3 4096-8192: 0 7
               kdamond.0    77 [000]   102.100000: damon:damos_esz: ctx_idx=0 scheme_idx=0 esz=1048576
               kdamond.0    77 [000]   102.200000: damon:damos_esz: ctx_idx=0 scheme_idx=0 esz=4096
               kdamond.0    77 [000]   102.300000: damon:damos_stat_after_apply_interval: ctx_idx=0 scheme_idx=0 nr_tried=3 sz_tried=24576 nr_applied=1 sz_applied=4096 sz_ops_filter_passed=0 qt_exceeds=5

        """;

    [Fact]
    public void EveryScheme_HasItsRegionsByEverything()
    {
        SchemesResult result = SchemesReport.Compute(Open, new SchemesOptions(), CancellationToken.None);

        Assert.Equal(2, result.Schemes.Count);
        SchemeResult first = result.Schemes[0];
        Assert.Equal((3, 24576ul), (first.Regions, first.Bytes));
        Assert.Equal([new(4096, 8191, 2, 8192), new(16384, 32767, 1, 16384)], first.BySize);
        Assert.Equal([new(0, 0, 1, 4096), new(2, 3, 2, 20480)], first.ByNrAccesses);
        Assert.Equal([new(0, 0, 1, 16384), new(1, 1, 1, 4096), new(4, 7, 1, 4096)], first.ByAge);
        Assert.Equal([(100_000_000_000, 2), (102_000_000_000, 1)], first.OverTime.Select(second => (second.BeginNs, second.Regions)));
        Assert.Equal(new SchemeQuota(4096, 4096, 1048576, 2), first.EffectiveQuota);
        Assert.Equal((1ul, 5ul, null), (first.Counters!.Value.NrApplied!.Value, first.Counters.Value.QtExceeds!.Value, first.Counters.Value.NrSnapshots));
        Assert.Null(result.Schemes[1].Counters);
        Assert.Equal(1, result.Schemes[1].Regions);
    }

    [Fact]
    public void Target_SelectsRegions() =>
        Assert.Equal(4096ul, SchemesReport.Compute(Open, new SchemesOptions { TargetId = 1 }, CancellationToken.None).Schemes[0].Bytes);

    [Fact]
    public void Formats_SayTheSame()
    {
        string text = Write(ReportFormat.Text);
        Assert.Contains("tried on 3 regions, 24.000 KiB", text, StringComparison.Ordinal);
        Assert.Contains("quota exceeded 5 times, unknown snapshots seen", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        Assert.Contains("77,0,0,size,4096,8191,2,8192\n", Write(ReportFormat.Csv), StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Write(ReportFormat.Json));
        Assert.Equal(24576, json.RootElement.GetProperty("schemes")[0].GetProperty("bytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("schemes")[1].GetProperty("effective_quota").ValueKind);
    }

    [Fact]
    public void RecordingWithoutSchemes_IsAnErrorWithAHint()
    {
        const string Aggregated = "       kdamond.0    77 [000]   100.000000: damon:damon_aggregated: target_id=0 nr_regions=1 4096-8192: 0 7\n";
        RecordingFormatException e = Assert.Throws<RecordingFormatException>(
            () => SchemesReport.Compute(() => Open(Aggregated), new SchemesOptions(), CancellationToken.None));
        Assert.Contains("no events of schemes", e.Message, StringComparison.Ordinal);
        Assert.Contains("damos_before_apply", e.Hint, StringComparison.Ordinal);
    }

    private static RecordingReader Open() => Open(Text);

    private static RecordingReader Open(string text) => new(new MemoryStream(Encoding.ASCII.GetBytes(text)), "text");

    private static string Write(ReportFormat format)
    {
        using StringWriter output = new() { NewLine = "\n" };
        SchemesReport.Write(Open, new SchemesOptions(), format, output, CancellationToken.None);
        return output.ToString();
    }
}
