using Damon.Trace.Events;

namespace Damon.Trace.Reports.Pictures;

/// <summary>
/// Working set size and footprint over time, and the distribution beside, below them memory by state, as SVG; one target under the other.
/// </summary>
internal static class WssPicture
{
    private const double Left = 84;
    private const double TimeWidth = 560;
    private const double SpreadLeft = 736;
    private const double SpreadWidth = 240;
    private const double Head = 92;
    private const double PlotHeight = 220;
    private const double TargetHeight = Head + PlotHeight + 56;
    private const int MostPoints = 560;

    public static void Draw(
        TextWriter output, TargetCatalog catalog, MemoryTimes times, IReadOnlyList<TargetKey> targets, PictureTheme theme)
    {
        StatesPicture[] states = [.. targets.Select(target => new StatesPicture(
            times, times.StatesOf(target.TargetId), times.Targets[target].Estimates.Percentile(0) is not null, theme))];
        double height = states.Sum(one => TargetHeight + one.Height);
        using SvgCanvas canvas = new(output, StatesPicture.Width, height, "damon-trace report wss", theme);
        double y = 0;
        for (int i = 0; i < targets.Count; i++)
        {
            canvas.Text(16, y + 26, catalog.Describe(targets[i].TargetId), theme.Text, size: 16);
            MemoryTime target = times.Targets[targets[i]];
            if (target.Count == 0)
            {
                canvas.Text(16, y + 48, "no complete snapshot", theme.Muted);
            }
            else
            {
                DrawTimes(canvas, times, targets[i], target, y, theme);
                DrawSpread(canvas, target, y, theme);
            }

            states[i].Draw(canvas, y + TargetHeight);
            y += TargetHeight + states[i].Height;
        }
    }

    private static void DrawTimes(SvgCanvas canvas, MemoryTimes times, TargetKey key, MemoryTime target, double y, PictureTheme theme)
    {
        double seconds = Math.Max((times.LastNs - times.FirstNs) / 1e9, 1e-9);
        WssStretch[] stretches = [.. target.Points(MostPoints)];
        IReadOnlyList<Footprint> footprints = times.FootprintsOf(key.TargetId);
        List<(string Name, int Colour, List<(double Seconds, double Bytes)> Points)> series =
        [
            ("damo's rule", 0, [.. stretches.Select(point => (Since(point.EndNs), point.Mean))]),
            ("estimate per sampling interval, 95 %", 3, Estimate(band => band.Bytes)),
            ("RSS", 1, Line(footprint => footprint.RssBytes)),
            ("PSS", 2, Line(footprint => footprint.PssBytes)),
            ("swap", 4, Line(footprint => footprint.SwapBytes)),
        ];
        double most =
            series.SelectMany(one => one.Points).Concat(Estimate(band => band.High)).Select(point => point.Bytes).DefaultIfEmpty(1).Max();
        PlotArea area = new(Left, y + Head, TimeWidth, PlotHeight, seconds, Math.Max(most, 1) * 1.05);
        area.DrawByteAxis(canvas, 6, theme);
        area.DrawTimeAxis(canvas, (times.FirstNs - (times.Facts.OriginNs ?? times.FirstNs)) / 1e9, theme);
        DrawBand(canvas, area, Estimate(band => band.Low), Estimate(band => band.High), theme.Series[3]);
        double x = Left;
        foreach ((string name, int colour, List<(double Seconds, double Bytes)> points) in series.Where(one => one.Points.Count > 0))
        {
            canvas.Path(area.LineOf(points), theme.Series[colour], 2);
            canvas.Rect(x, y + 60, 18, 4, theme.Series[colour]);
            canvas.Text(x + 24, y + 66, name, theme.Text, size: 12);
            x += 44 + (name.Length * 7);
        }

        double Since(long ns) => (ns - times.FirstNs) / 1e9;
        List<(double Seconds, double Bytes)> Line(Func<Footprint, ulong> bytes) =>
            [.. footprints.Where(one => bytes(one) != Footprint.Unknown).Select(one => (Since((long)one.TimeNs), (double)bytes(one)))];
        List<(double Seconds, double Bytes)> Estimate(Func<WssBand, double> bytes) =>
            [.. stretches.Where(point => point.Estimate is not null).Select(point => (Since(point.EndNs), bytes(point.Estimate!.Value)))];
    }

    private static void DrawBand(
        SvgCanvas canvas, PlotArea area, List<(double Seconds, double Bytes)> low, List<(double Seconds, double Bytes)> high, string colour)
    {
        if (low.Count > 0)
        {
            canvas.Path(area.AreaOf(low, high), colour, opacity: 0.25);
        }
    }

    private static void DrawSpread(SvgCanvas canvas, MemoryTime target, double y, PictureTheme theme)
    {
        double most = Math.Max(Math.Max(target.Distribution.Percentile(100) ?? 0, target.Estimates.Percentile(100) ?? 0), 1) * 1.05;
        PlotArea area = new(SpreadLeft, y + Head, SpreadWidth, PlotHeight, 100, most);
        canvas.Text(SpreadLeft, y + 66, "by percentile of snapshots", theme.Text, size: 12);
        area.DrawByteAxis(canvas, 6, theme);
        canvas.Path(area.LineOf(Percentiles(target.Distribution)), theme.Series[0], 2);
        if (target.Estimates.Percentile(0) is not null)
        {
            canvas.Path(area.LineOf(Percentiles(target.Estimates)), theme.Series[3], 2);
        }

        foreach (int percentile in (ReadOnlySpan<int>)[0, 25, 50, 75, 100])
        {
            canvas.Text(area.X(percentile), area.Bottom + 18, ReportText.Invariant($"{percentile}"), theme.Muted, "middle", 11);
        }

        canvas.Text(SpreadLeft + SpreadWidth, area.Bottom + 36, "percentile", theme.Muted, "end", 11);
    }

    private static IEnumerable<(double At, double Bytes)> Percentiles(Distribution sizes) =>
        Enumerable.Range(0, 101).Select(percentile => ((double)percentile, (double)(sizes.Percentile(percentile) ?? 0)));
}
