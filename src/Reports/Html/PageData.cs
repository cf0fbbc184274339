using System.Globalization;
using System.Text;
using System.Text.Json;
using Damon.Trace.Events;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;

namespace Damon.Trace.Reports.Html;

/// <summary>
/// What the charts draw, as JSON. Its writer escapes <c>&lt;</c>, so that no name can end the script element it stands in. Addresses are
/// hexadecimal text, for they may exceed what a number of JavaScript holds; times are seconds since the begin of what is shown. The cells
/// of the grids, nearly all of the page, stand in elements of their own, so that the charts need not wait for all of them to be parsed.
/// </summary>
internal sealed class PageData(RecordingOverview overview, TargetReport[] targets)
{
    private const int MostPoints = 2000;

    private readonly List<string> _cells = [];

    /// <summary>Elements with the cells of the grids, known once the JSON was made; the first is what is seen first.</summary>
    public IReadOnlyList<string> Cells => _cells;

    public string ToJson()
    {
        _cells.Clear();
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("start", Math.Round((overview.BeginNs - overview.Extent.FirstNs) / 1e9, 6));
            json.WriteNumber("seconds", Seconds(overview.EndNs));
            if (overview.WallBeginNs is { } wallNs)
            {
                json.WriteNumber("wallMs", wallNs / 1e6);
            }

            json.WriteStartObject("palette");
            WriteTexts(json, "light", PictureTheme.Light.Ramp);
            WriteTexts(json, "dark", PictureTheme.Dark.Ramp);
            json.WriteEndObject();
            json.WriteStartArray("targets");
            foreach (TargetReport target in targets)
            {
                WriteTarget(json, target);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private double Seconds(long ns) => Math.Round((ns - overview.BeginNs) / 1e9, 6);

    private void WriteTarget(Utf8JsonWriter json, TargetReport target)
    {
        json.WriteStartObject();
        json.WriteString("title", overview.Catalog.Describe(target.Key.TargetId));
        json.WriteBoolean("isShare", target.IsShare);
        WriteBands(json, target);
        WriteNames(json, target.Names);
        json.WriteStartArray("levels");
        foreach (MapLevel level in target.Levels)
        {
            json.WriteStartObject();
            json.WriteNumber("columns", level.Columns);
            WriteNumbers(json, "rows", level.Bands.Select(band => (double)band.Rows));
            WriteGrid(json, "heat", level.Heat, (row, column) => level.Heat[row, column]);
            WriteGrid(json, "hz", level.Heat, (row, column) => target.Target.HzKnown ? level.Heat.Hz(row, column) : null);
            WriteGrid(json, "age", level.Heat, (row, column) => level.Age[row, column]);
            if (level.Heat.Memory is { } memory)
            {
                WriteGrid(json, "resident", level.Heat, memory.Resident);
                WriteGrid(json, "touched", level.Heat, memory.Touched);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteWrites(json, target.Writes);
        WriteWss(json, target.Memory);
        WriteStates(json, overview.Times.StatesOf(target.Key.TargetId));
        WriteFootprint(json, overview.Times.FootprintsOf(target.Key.TargetId));
        json.WriteEndObject();
    }

    private void WriteBands(Utf8JsonWriter json, TargetReport target)
    {
        HeatmapBand[] bands = target.Levels[0].Bands;
        FoldedAxis axis = new(bands);
        json.WriteStartArray("bands");
        for (int i = 0; i < bands.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("start", ReportText.Digits(bands[i].Start));
            json.WriteString("end", ReportText.Digits(bands[i].End));
            json.WriteString("text", BandText.Of(overview.Catalog, target.Key, bands[i]));
            json.WriteNumber("top", Math.Round(axis[i].Top, 6));
            json.WriteNumber("height", Math.Round(axis[i].Height, 6));
            if (i > 0)
            {
                json.WriteString("fold", BandText.Between(target.Target, bands[i - 1].End, bands[i].Start));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// The name of each row of the finest level at the begin, as an index into the different names; then what changed: in order of time,
    /// three numbers each, seconds, row and name.
    /// </summary>
    private void WriteNames(Utf8JsonWriter json, RowNames names)
    {
        WriteTexts(json, "names", names.Names);
        WriteNumbers(json, "rowNames", names.First.Select(name => (double)name));
        WriteNumbers(json, "renamed", names.Changes.SelectMany(change => (double[])[Seconds(change.SinceNs), change.Row, change.Name]));
    }

    private void WriteGrid(Utf8JsonWriter json, string name, HeatmapGrid grid, Func<int, int, double?> valueOf)
    {
        byte[] cells = PackedGrid.Pack(grid, valueOf, out double most);
        WriteCells(json, name, cells, most);
    }

    /// <summary>Shares of writes and their intervals; nothing where no accesses were sampled.</summary>
    private void WriteWrites(Utf8JsonWriter json, WriteMap? writes)
    {
        if (writes is not { Any: true })
        {
            return;
        }

        json.WriteStartObject("writes");
        json.WriteNumber("columns", WriteMap.Columns);
        WriteNumbers(json, "rows", writes.Bands.Select(static band => (double)band.Rows));
        (string Name, Func<int, int, double?> Value)[] grids =
        [
            ("share", (row, column) => writes[row, column]?.Share),
            ("low", (row, column) => writes[row, column]?.Low),
            ("high", (row, column) => writes[row, column]?.High),
        ];
        foreach ((string name, Func<int, int, double?> value) in grids)
        {
            byte[] cells = PackedGrid.Pack(writes.Rows, WriteMap.Columns, value, out double most);
            WriteCells(json, name, cells, most);
        }

        json.WriteEndObject();
    }

    private void WriteCells(Utf8JsonWriter json, string name, byte[] cells, double most)
    {
        string id = ReportText.Invariant($"cells-{_cells.Count}");
        _cells.Add($"<script type=\"text/plain\" id=\"{id}\">{Convert.ToBase64String(cells)}</script>\n");
        json.WriteStartObject(name);
        json.WriteNumber("most", most);
        json.WriteString("cells", id);
        json.WriteEndObject();
    }

    private void WriteWss(Utf8JsonWriter json, MemoryTime memory)
    {
        WssStretch[] points = [.. memory.Points(MostPoints)];
        json.WriteStartObject("wss");
        WriteNumbers(json, "t", points.Select(point => Seconds(point.EndNs)));
        WriteNumbers(json, "mean", points.Select(point => Math.Round(point.Mean)));
        if (points.Length < memory.Count)
        {
            WriteNumbers(json, "least", points.Select(point => (double)point.Least));
            WriteNumbers(json, "most", points.Select(point => (double)point.Largest));
        }

        if (points.Any(point => point.Estimate is not null))
        {
            WriteEstimate(json, points, memory.Estimates);
        }

        WriteNumbers(json, "percentiles", Percentiles(memory.Distribution));
        json.WriteEndObject();
    }

    private static void WriteEstimate(Utf8JsonWriter json, WssStretch[] points, Distribution estimates)
    {
        json.WriteStartObject("estimate");
        WriteRounded(json, "bytes", points, band => band.Bytes);
        WriteRounded(json, "low", points, band => band.Low);
        WriteRounded(json, "high", points, band => band.High);
        WriteRounded(json, "unknown", points, band => band.Unknown);
        WriteNumbers(json, "percentiles", Percentiles(estimates));
        json.WriteEndObject();
    }

    private static void WriteRounded(Utf8JsonWriter json, string name, WssStretch[] points, Func<WssBand, double> valueOf) =>
        WriteBytes(json, name, points.Select(point => point.Estimate is { } band ? (ulong)Math.Round(valueOf(band)) : Footprint.Unknown));

    private static IEnumerable<double> Percentiles(Distribution sizes) => sizes.Percentile(0) is null
        ? []
        : Enumerable.Range(0, 101).Select(percentile => (double)(sizes.Percentile(percentile) ?? 0));

    /// <summary>Memory by state at each look: of all, then by mapping. Nothing where the recording has no idle times.</summary>
    private void WriteStates(Utf8JsonWriter json, StatesTime? states)
    {
        if (states is null)
        {
            return;
        }

        json.WriteStartObject("states");
        json.WriteNumber("coldAfter", states.ColdAfterSeconds);
        WriteNumbers(json, "t", states.TimesNs.Select(Seconds));
        json.WriteStartArray("of");
        WriteStates(json, new MappingStates("all memory", states.Total()), withInterval: true);
        foreach (MappingStates mapping in states.ByMapping())
        {
            WriteStates(json, mapping, withInterval: false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStates(Utf8JsonWriter json, MappingStates states, bool withInterval)
    {
        json.WriteStartObject();
        json.WriteString("name", states.Name);
        WriteBytes(json, "hot", states.Points.Select(point => point.Hot));
        WriteBytes(json, "soFar", states.Points.Select(point => point.SoFar));
        WriteBytes(json, "cold", states.Points.Select(point => point.Cold));
        WriteBytes(json, "unknown", states.Points.Select(point => point.Unknown));
        if (withInterval)
        {
            WriteBytes(json, "hotLow", states.Points.Select(point => point.HotLow));
            WriteBytes(json, "hotHigh", states.Points.Select(point => point.HotHigh));
        }

        json.WriteEndObject();
    }

    private void WriteFootprint(Utf8JsonWriter json, IReadOnlyList<Footprint> footprints)
    {
        // One a second: of a long recording every so-manyth is drawn.
        int each = Math.Max(1, (footprints.Count + MostPoints - 1) / MostPoints);
        Footprint[] drawn = [.. footprints.Where((_, i) => i % each == 0)];
        json.WriteStartObject("footprint");
        WriteNumbers(json, "t", drawn.Select(one => Seconds((long)one.TimeNs)));
        WriteBytes(json, "rss", drawn.Select(one => one.RssBytes));
        WriteBytes(json, "pss", drawn.Select(one => one.PssBytes));
        WriteBytes(json, "swap", drawn.Select(one => one.SwapBytes));
        WriteBytes(json, "vsz", drawn.Select(one => one.VszBytes));
        json.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter json, string name, IEnumerable<ulong> values)
    {
        json.WriteStartArray(name);
        foreach (ulong value in values)
        {
            json.WriteRawValue(value == Footprint.Unknown ? "null" : value.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
