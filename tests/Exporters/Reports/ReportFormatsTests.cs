using System.Globalization;
using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Footprints;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.NrRegions;
using Damon.Trace.Reports.Recency;
using Damon.Trace.Reports.Regions;
using Damon.Trace.Reports.Summary;
using Damon.Trace.Reports.Times;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Exporters.Tests.Reports;

/// <summary>
/// The schema of what reports write for machines: names in lower case with their unit, plain numbers, and the page that documents them has
/// every one of them.
/// </summary>
public sealed class ReportFormatsTests
{
    public static TheoryData<string> Reports => ["heatmap", "wss", "wss over time", "regions", "recency", "footprint", "footprint over time", "nr-regions", "times", "summary"];

    [Theory]
    [MemberData(nameof(Reports))]
    public void Json_has_plain_numbers_and_documented_names(string report)
    {
        JsonElement root = JsonDocument.Parse(Write(report, ReportFormat.Json)).RootElement;
        Assert.Equal(60, root.GetProperty("recording").GetProperty("snapshots").GetInt64());
        string page = File.ReadAllText(RepositoryPath("docs/reports.md"));
        HashSet<string> names = [];
        Collect(root, names);
        Assert.All(names, name => Assert.Matches("^[a-z][a-z0-9_]*$", name));
        Assert.DoesNotContain(names, name => !page.Contains($"`{name}`", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Reports))]
    public void Csv_has_a_documented_header_and_plain_numbers(string report)
    {
        List<Dictionary<string, string>> rows = Written.ParseCsv(Write(report, ReportFormat.Csv));
        string page = File.ReadAllText(RepositoryPath("docs/reports.md"));
        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows[0].Keys, name => !page.Contains($"`{name}`", StringComparison.Ordinal));
        foreach ((string name, string value) in rows.SelectMany(row => row).Where(cell => IsNumber(cell.Key) && cell.Value.Length > 0))
        {
            Assert.True(double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _), $"{name}: {value}");
        }
    }

    [Fact]
    public void Names_with_commas_and_quotes_survive()
    {
        HandmadeRecording recording = new HandmadeRecording()
            .Mapping(0, 0, 4096, "rw-p", "/tmp/a,\"b\"")
            .Snapshot(0, [(0, 4096, 1, 0)]);
        Assert.Equal("/tmp/a,\"b\"", Written.Csv(RegionsReport.Write, recording, new RegionsOptions())[0]["mapping"]);
        Assert.Equal(
            "/tmp/a,\"b\"",
            Written.Json(RegionsReport.Write, recording, new RegionsOptions()).GetProperty("targets")[0].GetProperty("lists")[0]
                .GetProperty("ranges")[0].GetProperty("mapping").GetString());
    }

    private static bool IsNumber(string column) =>
        column is not ("mapping" or "permissions" or "order" or "of" or "name" or "value" or "state");

    private static void Collect(JsonElement element, HashSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                names.Add(property.Name);
                Collect(property.Value, names);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Collect(item, names);
            }
        }
    }

    private static string Write(string report, ReportFormat format) => report switch
    {
        "heatmap" => Written.As(format, HeatmapReport.Write, Recording(), new HeatmapOptions { Columns = 5, Rows = 5 }),
        "wss" => Written.As(format, WssReport.Write, Recording(), new WssOptions()),
        "wss over time" => Written.As(format, WssReport.Write, Recording(), new WssOptions { OverTime = true }),
        "regions" => Written.As(format, RegionsReport.Write, Recording(), new RegionsOptions()),
        "recency" => Written.As(format, RecencyReport.Write, Recording(), new RecencyOptions()),
        "footprint" => Written.As(format, FootprintsReport.Write, Recording(), new FootprintsOptions()),
        "footprint over time" => Written.As(format, FootprintsReport.Write, Recording(), new FootprintsOptions { OverTime = true }),
        "nr-regions" => Written.As(format, NrRegionsReport.Write, Recording(), new NrRegionsOptions { OverTime = true }),
        "times" => Written.As(format, TimesReport.Write, Recording(), new TimesOptions()),
        _ => Written.As(format, SummaryReport.Write, Recording(), new SummaryOptions()),
    };

    private static HandmadeRecording Recording()
    {
        ContextAttributes attributes = new() { SampleUs = 5000, AggrUs = 100_000, UpdateUs = 1_000_000, MinNrRegions = 10, MaxNrRegions = 1000 };
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 1_700_000_000_000_000_000, Lost = 3 }
            .Call(sink => sink.OnContext(new ContextDescription(attributes, "kdamond.0", "vaddr", "access-bits", "granularity=page")))
            .Target(0, 42, "app", "app --run")
            .Mapping(0, 0x100000, 0x180000, "rw-p", "[heap]");
        Random random = new(1);
        for (int i = 0; i < 60; i++)
        {
            ulong border = 0x100000 + (4096UL * (ulong)random.Next(1, 100));
            recording.Snapshot(i, [(0x100000, border, (uint)random.Next(21), 3), (border, 0x200000, (uint)random.Next(3), (uint)i)]);
            ulong timeNs = (ulong)(i + 1) * 100_000_000;
            recording.Call(sink => sink.OnFootprint(new Footprint { TimeNs = timeNs, RssBytes = 1 << 20, VszBytes = 2 << 20, PssBytes = Footprint.Unknown }));
        }

        return recording.Call(sink => sink.OnHeartbeat(new Heartbeat { MonotonicNs = 1, ProcessCpuNs = 1 }));
    }

    private static string RepositoryPath(string path) => PerfScript.RepositoryPath.Of(path);
}
