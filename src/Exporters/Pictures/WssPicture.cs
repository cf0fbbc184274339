using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Pictures;

/// <summary>Working set size and footprint over time, and the distribution beside, as SVG; one target under the other.</summary>
internal static class WssPicture
{
    private const double Width = 1000;
    private const double Left = 84;
    private const double TimeWidth = 560;
    private const double SpreadLeft = 736;
    private const double SpreadWidth = 240;
    private const double Head = 76;
    private const double PlotHeight = 220;
    private const double TargetHeight = Head + PlotHeight + 56;
    private const int MostPoints = 560;

    public static void Draw(TextWriter output, TargetCatalog catalog, MemoryTimes times, IReadOnlyList<TargetKey> targets, PictureTheme theme)
    {
        using SvgCanvas canvas = new(output, Width, TargetHeight * targets.Count, "damon-trace report wss", theme);
        for (int i = 0; i < targets.Count; i++)
        {
            double y = TargetHeight * i;
            canvas.Text(16, y + 26, catalog.Describe(targets[i].TargetId), theme.Text, size: 16);
            MemoryTime target = times.Targets[targets[i]];
            if (target.Count == 0)
            {
                canvas.Text(16, y + 48, "no complete snapshot", theme.Muted);
                continue;
            }

            DrawTimes(canvas, times, targets[i], target, y, theme);
            DrawSpread(canvas, target, y, theme);
        }
    }

    private static void DrawTimes(SvgCanvas canvas, MemoryTimes times, TargetKey key, MemoryTime target, double y, PictureTheme theme)
    {
        double start = (times.FirstNs - (times.Facts.OriginNs ?? times.FirstNs)) / 1e9;
        double seconds = Math.Max((times.LastNs - times.FirstNs) / 1e9, 1e-9);
        IReadOnlyList<Footprint> footprints = times.FootprintsOf(key.TargetId);
        List<(string Name, List<(double Seconds, double Bytes)> Points)> series =
        [
            ("working set", [.. target.Points(MostPoints).Select(point => (Since(point.EndNs), point.Mean))]),
            ("RSS", Line(footprint => footprint.RssBytes)),
            ("PSS", Line(footprint => footprint.PssBytes)),
            ("swap", Line(footprint => footprint.SwapBytes)),
        ];
        double most = series.SelectMany(one => one.Points).Select(point => point.Bytes).DefaultIfEmpty(1).Max();
        most = Math.Max(most, 1) * 1.05;
        double bottom = y + Head + PlotHeight;
        DrawByteAxis(canvas, most, Left, TimeWidth, bottom, theme);
        foreach (double tick in AxisTicks.Decimal(seconds, 8))
        {
            canvas.Text(Left + (tick / seconds * TimeWidth), bottom + 18, ReportText.Invariant($"{tick + start:0.###}"), theme.Muted, "middle", 11);
        }

        canvas.Text(Left + TimeWidth, bottom + 36, "time in s since the recording began", theme.Muted, "end", 11);
        double x = Left;
        for (int i = 0; i < series.Count; i++)
        {
            if (series[i].Points.Count == 0)
            {
                continue;
            }

            StringBuilder path = new();
            foreach ((double at, double bytes) in series[i].Points)
            {
                path.Append(ReportText.Invariant(
                    $"{(path.Length == 0 ? 'M' : 'L')}{Left + (at / seconds * TimeWidth):0.#} {bottom - (bytes / most * PlotHeight):0.#}"));
            }

            canvas.Path(path.ToString(), theme.Series[i], 2);
            canvas.Rect(x, y + 46, 18, 4, theme.Series[i]);
            canvas.Text(x + 24, y + 52, series[i].Name, theme.Text, size: 12);
            x += 60 + (series[i].Name.Length * 7);
        }

        double Since(long ns) => (ns - times.FirstNs) / 1e9;
        List<(double Seconds, double Bytes)> Line(Func<Footprint, ulong> bytes) =>
            [.. footprints.Where(one => bytes(one) != Footprint.Unknown).Select(one => (Since((long)one.TimeNs), (double)bytes(one)))];
    }

    private static void DrawSpread(SvgCanvas canvas, MemoryTime target, double y, PictureTheme theme)
    {
        double most = Math.Max(target.Distribution.Percentile(100) ?? 0, 1) * 1.05;
        double bottom = y + Head + PlotHeight;
        canvas.Text(SpreadLeft, y + 52, "working set by percentile of snapshots", theme.Text, size: 12);
        DrawByteAxis(canvas, most, SpreadLeft, SpreadWidth, bottom, theme);
        StringBuilder path = new();
        for (int percentile = 0; percentile <= 100; percentile++)
        {
            path.Append(ReportText.Invariant(
                $"{(percentile == 0 ? 'M' : 'L')}{SpreadLeft + (percentile / 100.0 * SpreadWidth):0.#} {bottom - ((target.Distribution.Percentile(percentile) ?? 0) / most * PlotHeight):0.#}"));
        }

        canvas.Path(path.ToString(), theme.Series[0], 2);
        foreach (int percentile in (ReadOnlySpan<int>)[0, 25, 50, 75, 100])
        {
            canvas.Text(SpreadLeft + (percentile / 100.0 * SpreadWidth), bottom + 18, ReportText.Invariant($"{percentile}"), theme.Muted, "middle", 11);
        }

        canvas.Text(SpreadLeft + SpreadWidth, bottom + 36, "percentile", theme.Muted, "end", 11);
    }

    private static void DrawByteAxis(SvgCanvas canvas, double most, double left, double width, double bottom, PictureTheme theme)
    {
        foreach (double tick in AxisTicks.Binary(most, 6))
        {
            double y = bottom - (tick / most * PlotHeight);
            canvas.Line(left, y, left + width, y, theme.Line);
            canvas.Text(left - 8, y + 4, ReportText.Size(tick).Replace(".000", "", StringComparison.Ordinal), theme.Muted, "end", 11);
        }
    }
}
