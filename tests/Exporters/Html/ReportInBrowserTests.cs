using System.Globalization;
using System.Text.Json;

namespace Damon.Trace.Exporters.Tests.Html;

/// <summary>The page in a real browser, and its numbers beside what a foreign reader finds in the Parquet file of the same recording.</summary>
public sealed class ReportInBrowserTests(ReportInBrowser report, ITestOutputHelper log) : IClassFixture<ReportInBrowser>
{
    [Fact]
    public void It_renders_without_errors_and_fetches_nothing()
    {
        JsonElement seen = report.Seen;
        log.WriteLine($"first paint and charts drawn after {seen.GetProperty("milliseconds")} ms");

        Assert.Equal("[]", seen.GetProperty("errors").GetRawText());
        Assert.Equal("[]", seen.GetProperty("requests").GetRawText());
        Assert.False(seen.GetProperty("hacked").GetBoolean());
        Assert.Equal(1, seen.GetProperty("scripts").GetInt32());
    }

    [Fact]
    public void Wheel_drag_keys_and_the_table_change_what_is_in_view()
    {
        JsonElement views = report.Seen.GetProperty("views");
        (double from, double to, double top, double bottom) = View(views, "all");
        Assert.Equal((0, 6.4, 0, 1), (from, Math.Round(to, 6), top, bottom));

        (double wheelFrom, double wheelTo, _, _) = View(views, "wheel");
        Assert.InRange(wheelTo - wheelFrom, 0.01, 6.3);
        (double movedFrom, double movedTo, _, _) = View(views, "moved");
        Assert.True(movedFrom < wheelFrom, "dragging to the right shows earlier times");
        Assert.Equal(wheelTo - wheelFrom, movedTo - movedFrom, 3);
        Assert.Equal(View(views, "all"), View(views, "reset"));

        (double keyFrom, double keyTo, double keyTop, double keyBottom) = View(views, "keyboard");
        Assert.Equal(3.2, keyTo - keyFrom, 3);
        Assert.Equal(0.5, keyBottom - keyTop, 3);
        Assert.Contains("Hz", report.Seen.GetProperty("keyboardTip").GetString(), StringComparison.Ordinal);

        (double rangeFrom, double rangeTo, double rangeTop, double rangeBottom) = View(views, "range");
        Assert.Equal((0, 6.4), (rangeFrom, Math.Round(rangeTo, 6)));
        Assert.InRange(rangeBottom - rangeTop, 0.001, 0.5);
    }

    [Fact]
    public void The_tooltip_tells_address_mapping_frequency_age_and_wall_clock()
    {
        foreach (JsonElement hover in report.Seen.GetProperty("hovers").EnumerateArray())
        {
            string tip = hover.GetProperty("tip").GetString()!;
            string[] place = hover.GetProperty("place").GetString()!.Split('@');
            string address = place[0].PadLeft(12, '0');
            string name = PageRecording.NameAt(
                ulong.Parse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture), double.Parse(place[1], CultureInfo.InvariantCulture));
            double hz = hover.GetProperty("hz").GetDouble();
            Assert.Contains(address + "-", tip, StringComparison.Ordinal);
            Assert.Contains("rw-p " + name, tip, StringComparison.Ordinal);
            Assert.Contains(hz.ToString("F2", CultureInfo.InvariantCulture) + " Hz", tip, StringComparison.Ordinal);
            Assert.Contains("% of samples", tip, StringComparison.Ordinal);
            Assert.Contains("unchanged for", tip, StringComparison.Ordinal);
            Assert.Contains("22:13:2", tip, StringComparison.Ordinal); // 1,700,000,000 s after 1970 is 22:13:20 UTC
        }
    }

    [Fact]
    public void Cells_and_working_set_are_those_of_the_Parquet_file()
    {
        List<string?[]> rows = report.ParquetRows;
        Assert.NotEmpty(report.Places);
        foreach ((JsonElement hover, (ulong address, double seconds)) in report.Seen.GetProperty("hovers").EnumerateArray().Zip(report.Places))
        {
            long ns = (long)(seconds * 1e9);
            string?[] row = Assert.Single(rows, row => U64(row, ParquetColumn.Start) <= address && address < U64(row, ParquetColumn.End)
                && I64(row, ParquetColumn.BeginNs) <= ns && ns < I64(row, ParquetColumn.EndNs));
            double accesses = U64(row, ParquetColumn.NrAccesses);
            double window = (I64(row, ParquetColumn.EndNs) - I64(row, ParquetColumn.BeginNs)) / 1e9;

            // A cell is kept as a 65532nd of the largest value: 200 Hz, all samples, 99 intervals of 100 ms.
            Assert.Equal(accesses / window, hover.GetProperty("hz").GetDouble(), 200 / 65532.0);
            Assert.Equal(accesses / U64(row, ParquetColumn.NrSamples), hover.GetProperty("heat").GetDouble(), 1 / 65532.0);
            Assert.Equal(U64(row, ParquetColumn.Age) * 0.1, hover.GetProperty("age").GetDouble(), 9.9 / 65532.0);
        }

        double[] expected = [.. rows.GroupBy(row => U64(row, ParquetColumn.Snapshot)).OrderBy(group => group.Key).Select(group =>
            group.Where(row => U64(row, ParquetColumn.NrAccesses) > 0).Sum(row => (double)(U64(row, ParquetColumn.End) - U64(row, ParquetColumn.Start))))];
        Assert.Equal(PageRecording.Snapshots, expected.Length);
        Assert.Equal(expected, report.Seen.GetProperty("wss").GetProperty("mean").EnumerateArray().Select(one => one.GetDouble()));
    }

    [Fact]
    public void Dark_and_light_follow_the_system_until_the_reader_chooses()
    {
        Assert.Equal("[\"light\",\"dark\",\"light\"]", report.Seen.GetProperty("themes").GetRawText());
        Assert.NotEqual(report.Screenshot("light"), report.Screenshot("dark"));
        Assert.All(["light", "dark", "deuteranopia"], name => Assert.InRange(report.Screenshot(name).Length, 20_000, int.MaxValue));
    }

    private static (double From, double To, double Top, double Bottom) View(JsonElement views, string name)
    {
        JsonElement view = views.GetProperty(name);
        return (view.GetProperty("from").GetDouble(), view.GetProperty("to").GetDouble(), view.GetProperty("top").GetDouble(), view.GetProperty("bottom").GetDouble());
    }

    private static ulong U64(string?[] row, ParquetColumn column) => ulong.Parse(row[(int)column]!, CultureInfo.InvariantCulture);

    private static long I64(string?[] row, ParquetColumn column) => long.Parse(row[(int)column]!, CultureInfo.InvariantCulture);
}
