using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Pictures;

/// <summary>Memory by state over time: of all, cold memory alone, and of each mapping. Stacked: hot, idle so far, cold, unknown.</summary>
internal sealed class StatesPicture(MemoryTimes times, StatesTime? states, bool knowsMemory, PictureTheme theme)
{
    public const double Width = 1000;

    private const double Left = 84;
    private const double TimeWidth = 560;
    private const double ColdLeft = 736;
    private const double ColdWidth = 240;
    private const double Head = 72;
    private const double PlotHeight = 180;
    private const double Foot = 56;
    private const double RowHeight = 44;
    private const double RowsHead = 30;

    private readonly StatePoint[] _total = states?.Total() ?? [];
    private readonly double[] _seconds = states is null ? [] : [.. states.TimesNs.Select(ns => (ns - times.FirstNs) / 1e9)];
    private readonly IReadOnlyList<MappingStates> _mappings = states?.ByMapping() ?? [];

    /// <summary>What it takes: one line of text where nothing is known.</summary>
    public double Height =>
        states is null ? 28 : Head + PlotHeight + Foot + (_mappings.Count == 0 ? 0 : RowsHead + (RowHeight * _mappings.Count));

    private double End => Math.Max((times.LastNs - times.FirstNs) / 1e9, 1e-9);

    /// <summary><c>100 ms</c>, <c>10 s</c>: the times that are known are round ones.</summary>
    public static string Time(double seconds) => ReportText.Microseconds((ulong)Math.Round(seconds * 1e6));

    public void Draw(SvgCanvas canvas, double y)
    {
        if (states is null)
        {
            canvas.Text(16, y + 8, knowsMemory ? "the recording has no idle times of pages" : MemoryRules.NotPopulatedMayBeCold, theme.Muted, size: 11);
            return;
        }

        double most = Math.Max(1, _total.Max(point => (double)point.Resident)) * 1.05;
        PlotArea area = new(Left, y + Head, TimeWidth, PlotHeight, End, most);
        canvas.Text(16, y + 22, $"Resident memory by state; cold is idle for longer than {Time(states.ColdAfterSeconds)}", theme.Text, size: 14);
        DrawLegend(canvas, y + 40);
        area.DrawByteAxis(canvas, 5, theme);
        area.DrawTimeAxis(canvas, (times.FirstNs - (times.Facts.OriginNs ?? times.FirstNs)) / 1e9, theme);
        DrawStack(canvas, area, _total);
        DrawCold(canvas, y);
        for (int i = 0; i < _mappings.Count; i++)
        {
            DrawRow(canvas, _mappings[i], y + Head + PlotHeight + Foot + RowsHead + (RowHeight * i));
        }
    }

    private void DrawLegend(SvgCanvas canvas, double y)
    {
        (string Name, string Fill)[] entries =
        [
            ("hot", theme.States[0]), ("idle so far", theme.States[2]), ("cold", theme.States[1]), ("unknown", canvas.Hatching(theme.Unknown)),
        ];
        double x = Left;
        foreach ((string name, string fill) in entries)
        {
            canvas.Rect(x, y, 16, 12, theme.Ground);
            canvas.Rect(x, y, 16, 12, fill);
            canvas.Text(x + 22, y + 11, name, theme.Text, size: 12);
            x += 46 + (name.Length * 7);
        }

        canvas.Text(ColdLeft, y + 11, "cold, with its 95 % interval", theme.Text, size: 12);
    }

    private void DrawStack(SvgCanvas canvas, PlotArea area, StatePoint[] points)
    {
        double[] below = new double[points.Length];
        foreach ((string fill, Func<StatePoint, ulong> bytes) in Layers(canvas))
        {
            double[] above = [.. points.Select((point, i) => below[i] + bytes(point))];
            if (!above.SequenceEqual(below))
            {
                canvas.Path(area.AreaOf(_seconds.Zip(below), _seconds.Zip(above)), fill);
            }

            below = above;
        }
    }

    private (string Fill, Func<StatePoint, ulong> Bytes)[] Layers(SvgCanvas canvas) =>
    [
        (theme.States[0], point => point.Hot), (theme.States[2], point => point.SoFar), (theme.States[1], point => point.Cold),
        (canvas.Hatching(theme.Unknown), point => point.Unknown),
    ];

    /// <summary>Cold memory only where it is known: from the time on after which memory is cold.</summary>
    private void DrawCold(SvgCanvas canvas, double y)
    {
        (double Seconds, StatePoint Point)[] known = [.. _seconds.Zip(_total).Where(one => one.Second.SoFar == 0)];
        double most = Math.Max(1, known.Select(one => (double)ColdHigh(one.Point)).DefaultIfEmpty(0).Max()) * 1.05;
        PlotArea area = new(ColdLeft, y + Head, ColdWidth, PlotHeight, End, most);
        area.DrawByteAxis(canvas, 5, theme);
        if (known.Length > 0)
        {
            canvas.Path(
                area.AreaOf(known.Select(one => (one.Seconds, (double)ColdLow(one.Point))), known.Select(one => (one.Seconds, (double)ColdHigh(one.Point)))),
                theme.States[1], opacity: 0.3);
            canvas.Path(area.LineOf(known.Select(one => (one.Seconds, (double)one.Point.Cold))), theme.States[1], 2);
        }

        canvas.Text(area.X(0), area.Bottom + 18, "0", theme.Muted, "middle", 11);
        canvas.Text(area.X(End), area.Bottom + 18, ReportText.Invariant($"{End:0.#} s"), theme.Muted, "end", 11);
    }

    private void DrawRow(SvgCanvas canvas, MappingStates mapping, double y)
    {
        StatePoint last = mapping.Latest;
        PlotArea area = new(300, y - 14, 260, RowHeight - 12, End, Math.Max(1, mapping.MostResident));
        canvas.Text(290, y + 6, Shorten(mapping.Name, 40), theme.Text, "end", 12);
        canvas.Line(area.Left, area.Bottom, area.Left + area.Width, area.Bottom, theme.Line);
        DrawStack(canvas, area, mapping.Points);
        string cold = last.SoFar > 0 ? $"{ReportText.ShortSize(last.SoFar)} idle so far" : $"{ReportText.ShortSize(last.Cold)} cold";
        canvas.Text(
            576, y + 6,
            $"{ReportText.ShortSize(last.Resident)}: {ReportText.ShortSize(last.Hot)} hot, {cold}, {ReportText.ShortSize(last.Unknown)} unknown",
            theme.Text, size: 12);
    }

    private static ulong ColdLow(StatePoint point) =>
        point.Resident - point.Unknown - Math.Min(point.Resident - point.Unknown, point.HotHigh);

    private static ulong ColdHigh(StatePoint point) =>
        point.Resident - point.Unknown - Math.Min(point.Resident - point.Unknown, point.HotLow);

    /// <summary>Of a path that is too long its end: the file's name.</summary>
    private static string Shorten(string name, int most) => name.Length <= most ? name : $"...{name[^(most - 3)..]}";
}
