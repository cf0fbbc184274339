using System.Text.Json;
using Damon.Trace.Reports;
using Damon.Trace.Reports.Compare;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Reports.WorkingSets;

namespace Damon.Trace.Exporters.Tests.WorkingSets;

public sealed class OverlapReportTests
{
    private const ulong Page = RandomWorkingSet.Page;

    /// <summary>Heap: pages 0 to 9 and 5 to 14, so 5 of 15 are in both. File: pages 0, 1 and 1, by offset: 1 of 2.</summary>
    [Fact]
    public void TheSameProcess_IsComparedByAddressAndFile()
    {
        OverlapResult result = OverlapReport.Compute(Before(), "a", After(pid: 42), "b");

        Assert.True(result.SameProcess);
        Assert.Equal((6 * Page, 17 * Page), (result.Overlap.BothBytes, result.Overlap.AnyBytes));
        Assert.Equal(100.0 * 6 / 17, result.Overlap.Percent);
        Assert.Equal(
            [new OverlapPart("rw-p [heap]", 10 * Page, 10 * Page, 5 * Page, 15 * Page), new OverlapPart("/lib/a", 2 * Page, Page, Page, 2 * Page)],
            result.Parts);
    }

    [Fact]
    public void OfTwoProcesses_OnlyFilesAreCompared()
    {
        OverlapResult result = OverlapReport.Compute(Before(), "a", After(pid: 43), "b");

        Assert.False(result.SameProcess);
        Assert.Equal(50.0, result.Overlap.Percent);
        Assert.Equal("/lib/a", Assert.Single(result.Parts).Name);
        Assert.Equal((10 * Page, 10 * Page), (result.ANotComparedBytes, result.BNotComparedBytes));
    }

    /// <summary>Against sets of pages, whoever is A.</summary>
    [Fact]
    public void AnyTwo_OverlapAsTheirSetsOfPagesDo()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            WorkingSetDocument a = RandomWorkingSet.Create(seed);
            WorkingSetDocument b = RandomWorkingSet.Create(seed + 1000);
            HashSet<(string, ulong)> pagesOfA = Pages(a);
            HashSet<(string, ulong)> pagesOfB = Pages(b);

            OverlapResult result = OverlapReport.Compute(a, "a", b, "b");

            Assert.Equal((ulong)pagesOfA.Intersect(pagesOfB).Count() * Page, result.Overlap.BothBytes);
            Assert.Equal((ulong)pagesOfA.Union(pagesOfB).Count() * Page, result.Overlap.AnyBytes);
            Assert.Equal(result.Overlap, OverlapReport.Compute(b, "b", a, "a").Overlap);
            Assert.Equal(pagesOfA.Count == 0 ? null : 100, OverlapReport.Compute(a, "a", a, "a").Overlap.Percent);
        }
    }

    [Fact]
    public void TextJsonAndCsv_SayTheSame()
    {
        string text = Written(ReportFormat.Text);
        JsonElement json = JsonDocument.Parse(Written(ReportFormat.Json)).RootElement;
        List<Dictionary<string, string>> rows = Reports.Written.ParseCsv(Written(ReportFormat.Csv));

        Assert.Contains("overlap of touched pages: 35.3 % (in both / in any), 24.00 KiB of 68.00 KiB", text, StringComparison.Ordinal);
        Assert.Contains("33.3 %    20.00 KiB    20.00 KiB    20.00 KiB  rw-p [heap]", text, StringComparison.Ordinal);
        Assert.Equal(24 << 10, json.GetProperty("overlap").GetProperty("both_bytes").GetInt64());
        Assert.Equal(["rw-p [heap]", "/lib/a", ""], rows.Select(static row => row["name"]));
        Assert.Equal($"{24 << 10}", rows[^1]["both_bytes"]);
    }

    private static string Written(ReportFormat format)
    {
        StringWriter output = new() { NewLine = "\n" };
        OverlapReport.Write(Before(), "a", After(pid: 42), "b", new CompareOptions(), format, output);
        return output.ToString();
    }

    private static WorkingSetDocument Before() => RandomWorkingSet.Of(
        [new WorkingSetFile("/lib/a", 1 << 20, 5, null)],
        [RandomWorkingSet.Mapping(0x10000, 4, "/lib/a", 0, 0, 0, 2), RandomWorkingSet.Mapping(0x100000, 20, "[heap]", null, 0, 0, 10)]);

    private static WorkingSetDocument After(int pid) => RandomWorkingSet.Of(
        [new WorkingSetFile("/lib/other", 1, 5, null), new WorkingSetFile("/lib/a", 1 << 20, 5, null)],
        [RandomWorkingSet.Mapping(0x50000, 4, "/lib/a", 1, 4096, 0, 1), RandomWorkingSet.Mapping(0x100000, 20, "[heap]", null, 0, 5, 10)],
        pid);

    private static HashSet<(string, ulong)> Pages(WorkingSetDocument document) =>
    [
        .. document.Mappings.SelectMany(mapping => mapping.Runs
            .SelectMany(run => Enumerable.Range((int)run.First, (int)run.Count))
            .Select(page => mapping.File is { } file
                ? (document.Files[file].Path, mapping.FileOffsetBytes + ((ulong)page * Page))
                : (mapping.Name.Length == 0 ? "[anon]" : mapping.Name, mapping.Start + ((ulong)page * Page)))),
    ];
}
