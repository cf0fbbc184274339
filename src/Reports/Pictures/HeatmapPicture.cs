using System.Text;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Pictures;

/// <summary>A heatmap as SVG: time from left to right, addresses from top to bottom, one target under the other.</summary>
internal static class HeatmapPicture
{
    private const int Steps = 32;
    private const int Unknown = Steps + 1;
    private const double Width = 1000;
    private const double Left = 128;
    private const double Right = 24;
    private const double MapHeight = 380;
    private const double Head = 76;
    private const double Foot = 112;
    private const double TargetHeight = Head + MapHeight + Foot;

    /// <summary>Draws every target of <paramref name="maps"/>.</summary>
    public static void Draw(
        TextWriter output, HeatmapExtent extent, long beginNs, long endNs, IReadOnlyList<TargetMap> maps, PictureTheme theme)
    {
        using SvgCanvas canvas = new(output, Width, TargetHeight * maps.Count, "damon-trace report heatmap", theme);
        for (int i = 0; i < maps.Count; i++)
        {
            DrawTarget(canvas, extent, beginNs, endNs, maps[i], TargetHeight * i, theme);
        }
    }

    private static void DrawTarget(
        SvgCanvas canvas, HeatmapExtent extent, long beginNs, long endNs, TargetMap map, double y, PictureTheme theme)
    {
        canvas.Text(16, y + 26, extent.Catalog.Describe(map.Target.Key.TargetId), theme.Text, size: 16);
        canvas.Text(16, y + 46, TimeLine(extent, beginNs, endNs), theme.Muted);
        FoldedAxis axis = new(map.Grid.Bands);
        double hottest = map.Grid.Hottest;
        ulong shownUpTo = 0;
        for (int i = 0; i < map.Grid.Bands.Length; i++)
        {
            HeatmapBand band = map.Grid.Bands[i];
            (double top, double height) = axis[i];
            double bandY = y + Head + (top * MapHeight);
            double bandHeight = height * MapHeight;
            DrawCells(canvas, map.Grid, band, bandY, bandHeight, hottest, theme);
            canvas.Text(Left - 8, bandY + 11, ReportText.Address(band.Start), theme.Muted, "end", 11, mono: true);
            canvas.Text(Left, bandY - 4, BandText.Of(extent.Catalog, map.Target.Key, band), theme.Text, size: 10);
            if (i > 0)
            {
                DrawFold(canvas, BandText.Between(map.Target, shownUpTo, band.Start), bandY, theme);
            }

            shownUpTo = band.End;
        }

        DrawTimeAxis(canvas, extent, beginNs, endNs, y + Head + MapHeight, theme);
        DrawLegend(canvas, map, hottest, y + Head + MapHeight + 42, theme);
    }

    private static string TimeLine(HeatmapExtent extent, long beginNs, long endNs)
    {
        string start = extent.WallOffsetNs is { } offset ? $"from {ReportText.Wall(unchecked(beginNs + offset))}, " : "";
        return $"{start}{ReportText.Seconds((endNs - beginNs) / 1e9)} long";
    }

    /// <summary>One path for each step of heat, of runs along the time axis: small, and still a vector.</summary>
    private static void DrawCells(
        SvgCanvas canvas, HeatmapGrid grid, HeatmapBand band, double y, double height, double hottest, PictureTheme theme)
    {
        StringBuilder[] paths = [.. Enumerable.Range(0, Unknown + 1).Select(_ => new StringBuilder())];
        // Edges are rounded, and not widths: neighbours share theirs.
        double[] xs = [.. Enumerable.Range(0, grid.Columns + 1).Select(column => Math.Round(Left + (column * (Width - Left - Right) / grid.Columns), 1))];
        double[] ys = [.. Enumerable.Range(0, band.Rows + 1).Select(row => Math.Round(y + (row * height / band.Rows), 1))];
        for (int row = 0; row < band.Rows; row++)
        {
            for (int column = 0; column < grid.Columns;)
            {
                int step = Step(grid, band.FirstRow + row, column, hottest);
                int first = column;
                while (column < grid.Columns && Step(grid, band.FirstRow + row, column, hottest) == step)
                {
                    column++;
                }

                if (step >= 0)
                {
                    paths[step].Append(ReportText.Invariant(
                        $"M{xs[first]:0.#} {ys[row]:0.#}H{xs[column]:0.#}V{ys[row + 1]:0.#}H{xs[first]:0.#}z"));
                }
            }
        }

        for (int step = 0; step <= Unknown; step++)
        {
            if (paths[step].Length > 0)
            {
                string fill =
                    step == Unknown ? canvas.Hatching(theme.Unknown) : step == 0 ? theme.NotAccessed : theme.Heat((double)step / Steps);
                canvas.Path(paths[step].ToString(), fill);
            }
        }
    }

    /// <summary>
    /// -1 for no data and no memory, 0 only for no access at all; the hottest cell is the last step, and behind it is unknown.
    /// </summary>
    private static int Step(HeatmapGrid grid, int row, int column, double hottest)
    {
        if (grid.State(row, column) == CellState.Unknown)
        {
            return Unknown;
        }

        return grid[row, column] is not { } heat ? -1 : heat <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(heat / hottest * Steps), 1, Steps);
    }

    private static void DrawFold(SvgCanvas canvas, string text, double y, PictureTheme theme) =>
        canvas.Text(Width - Right, y - 4, $"~ {text} ~", theme.Muted, "end", 10);

    private static void DrawTimeAxis(SvgCanvas canvas, HeatmapExtent extent, long beginNs, long endNs, double y, PictureTheme theme)
    {
        double seconds = (endNs - beginNs) / 1e9;
        canvas.Line(Left, y + 0.5, Width - Right, y + 0.5, theme.Muted);
        foreach (double tick in AxisTicks.Decimal(seconds, 10))
        {
            double x = Left + (tick / seconds * (Width - Left - Right));
            canvas.Line(x, y, x, y + 5, theme.Muted);
            canvas.Text(x, y + 18, ReportText.Invariant($"{tick + ((beginNs - extent.FirstNs) / 1e9):0.###}"), theme.Muted, "middle", 11);
        }

        canvas.Text(Width - Right, y + 34, "time in s since the recording began", theme.Muted, "end", 11);
        canvas.Text(16, y + 18, "address (hex)", theme.Muted, size: 11);
    }

    private static void DrawLegend(SvgCanvas canvas, TargetMap map, double hottest, double y, PictureTheme theme)
    {
        const double RampWidth = 320;
        canvas.Rect(Left, y, 16, 12, theme.NotAccessed);
        canvas.Text(Left + 22, y + 11, "not accessed", theme.Muted, size: 11);
        double x = Left + 116;
        if (map.Grid.Memory is not null)
        {
            Swatch(canvas, x, y, canvas.Hatching(theme.Unknown), "unknown", theme);
            Swatch(canvas, x + 84, y, theme.Ground, "no memory", theme);
            x += 192;
        }
        else
        {
            Swatch(canvas, x, y, theme.Ground, "no data", theme);
            x += 92;
        }

        for (int step = 1; step <= Steps; step++)
        {
            canvas.Rect(x + ((step - 1) * RampWidth / Steps), y, (RampWidth / Steps) + 0.5, 12, theme.Heat((double)step / Steps));
        }

        for (int quarter = 0; quarter <= 4; quarter++)
        {
            string heat = map.IsShare ? ReportText.Percent(hottest * quarter / 4) : ReportText.Invariant($"{hottest * quarter / 4:0.#}");
            canvas.Text(x + (RampWidth * quarter / 4), y + 26, heat, theme.Muted, "middle", 11);
        }

        canvas.Text(Left, y + 44, Meaning(map.Target), theme.Muted, size: 11);
        if (map.Grid.Memory is null)
        {
            canvas.Text(Left, y + 60, MemoryRules.NotPopulatedMayBeCold, theme.Muted, size: 11);
        }
    }

    private static void Swatch(SvgCanvas canvas, double x, double y, string fill, string text, PictureTheme theme)
    {
        canvas.Rect(x - 1, y - 1, 18, 14, theme.Line);
        canvas.Rect(x, y, 16, 12, theme.Ground);
        canvas.Rect(x, y, 16, 12, fill);
        canvas.Text(x + 22, y + 11, text, theme.Muted, size: 11);
    }

    private static string Meaning(HeatmapTarget target) => target switch
    {
        { MaxAccesses: null } => "heat: samples found accessed per aggregation, mean of a cell; per cent and Hz need the intervals",
        { MaxHz: { } most, LeastMaxHz: { } least } when most < least * 1.1 => ReportText.Invariant(
            $"heat: share of samples found accessed, mean of a cell; 100 % is {most:F1} Hz, one access seen in each sampling interval"),
        { MaxHz: { } most, LeastMaxHz: { } least } => ReportText.Invariant(
            $"heat: share of samples found accessed, mean of a cell; 100 % is one access seen in each sampling interval, {least:F1} to {most:F1} Hz"),
        _ => "heat: share of samples found accessed, mean of a cell",
    };
}
