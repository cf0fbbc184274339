using System.Text.Json;
using Damon.Trace.Reports.Html;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.Tests.Parquet;

namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>One look at one page, for all tests that ask what was seen.</summary>
public sealed class ReportInBrowser : IDisposable
{
    private readonly TestDirectory _folder = new();
    private readonly Lazy<JsonElement> _seen;
    private readonly Lazy<List<string?[]>> _rows;

    public ReportInBrowser()
    {
        _seen = new Lazy<JsonElement>(Look);
        _rows = new Lazy<List<string?[]>>(ReadParquet);
    }

    /// <summary>Pages and times to hover over, in the middle of a column.</summary>
    internal (ulong Address, double Seconds)[] Places { get; } =
    [
        (PageRecording.Start + (3 * PageRecording.Page), 0.45), (PageRecording.Start + (80 * PageRecording.Page), 3.25),
        (PageRecording.Start + (159 * PageRecording.Page), 6.05),
    ];

    /// <summary>What look.mjs saw; skips the test where there is no browser.</summary>
    internal JsonElement Seen
    {
        get
        {
            Browser.SkipIfMissing();
            return _seen.Value;
        }
    }

    /// <summary>Rows of the Parquet file of the same recording, by hyparquet.</summary>
    internal List<string?[]> ParquetRows
    {
        get
        {
            Browser.SkipIfMissing();
            ForeignReader.SkipIfMissing();
            return _rows.Value;
        }
    }

    public void Dispose() => _folder.Dispose();

    internal byte[] Screenshot(string name)
    {
        _ = Seen;
        return File.ReadAllBytes(_folder.Of(name + ".png"));
    }

    private JsonElement Look()
    {
        string page = _folder.Of("page.html");
        File.WriteAllText(page, HtmlReportTests.Write(PageRecording.Make(), new HtmlOptions()));
        return Browser.Look(page, Path.GetDirectoryName(page)!, Places);
    }

    private List<string?[]> ReadParquet()
    {
        string file = _folder.Of("page.parquet");
        using (FileStream stream = File.Create(file))
        using (ParquetWriter writer = new(stream))
        {
            PageRecording.Make().Read(writer, CancellationToken.None);
        }

        return ForeignReader.Read(ForeignReader.Hyparquet, [file], "rows")[0];
    }
}
