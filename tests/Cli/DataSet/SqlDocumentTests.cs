using System.Globalization;

namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>Every DuckDB query of docs/sql.md, as it stands there, on a real recording.</summary>
[Collection(SharedRecording.Name)]
[Trait("Category", "Linux")]
public sealed class SqlDocumentTests(RecordedDataSet recorded)
{
    [Fact]
    public void EveryQuery_HasRows()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        string[] titles = [.. RecordedDataSet.Titles().Where(title => title != "tables")];
        Assert.True(titles.Length >= 6, "the document has lost its queries");
        Assert.All(titles, title => Assert.NotEmpty(recorded.Query(title)));
    }

    [Fact]
    public void WorkingSet_IsThatOfTheRecording()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        ulong[] sizes = recorded.SortedWorkingSets();
        Dictionary<string, string> row = Assert.Single(recorded.Query("working set size"));
        Assert.Equal(sizes.Length, Number(row, "snapshots"));
        Assert.Equal(RecordedDataSet.Percentile(sizes, 50), (ulong)Number(row, "p50_bytes"));
        Assert.Equal(RecordedDataSet.Percentile(sizes, 95), (ulong)Number(row, "p95_bytes"));
        Assert.Equal(sizes.Length, recorded.Query("working set size by minute").Sum(minute => Number(minute, "snapshots")));
    }

    [Fact]
    public void ColdTail_IsAsLongAsTheLastSnapshot()
    {
        RecordedDataSet.SkipWithoutDuckDb();
        RecordedSnapshot last = recorded.Snapshots[^1];
        List<Dictionary<string, string>> rows = recorded.Query("cold tail by mapping");
        long monitored = last.Regions.Sum(region => (long)(region.End - region.Start));
        Assert.InRange(rows.Sum(row => Number(row, "bytes")), 1, monitored);
        Assert.All(rows, row => Assert.True(Number(row, "cold_10s_bytes") <= Number(row, "cold_1s_bytes")));
    }

    private static long Number(Dictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);
}
