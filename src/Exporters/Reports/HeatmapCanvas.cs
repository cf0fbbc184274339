using System.Text;

namespace Damon.Trace.Exporters.Reports;

/// <summary>Draws grids as text: digits for heat, a dot for "not accessed", a blank for "not known".</summary>
internal sealed class HeatmapCanvas(HeatmapOptions options, HeatmapExtent extent, long beginNs, long endNs, TextWriter output)
{
    private const int Steps = 9;
    private const string Margin = "             ";

    public void Draw(HeatmapTarget target, HeatmapGrid grid)
    {
        double hottest = grid.Hottest;
        output.WriteLine($"heatmap of {extent.Catalog.Describe(target.Key.TargetId)}");
        output.WriteLine(TimeLine());
        ulong shownUpTo = 0;
        for (int i = 0; i < grid.Bands.Length; i++)
        {
            HeatmapBand band = grid.Bands[i];
            DrawGap(target, shownUpTo, band.Start);
            DrawBand(target, grid, band, hottest);
            shownUpTo = band.End;
        }

        DrawGap(target, shownUpTo, ulong.MaxValue);
        DrawAxis();
        DrawLegend(target, hottest);
        output.WriteLine();
    }

    private string TimeLine()
    {
        double seconds = (endNs - beginNs) / 1e9;
        string start = extent.WallOffsetNs is { } offset
            ? $"from {ReportText.Wall(unchecked(beginNs + offset))}"
            : ReportText.Invariant($"from {beginNs / 1e9:F6} s of the recording's clock, wall clock not recorded");
        return $"{start}, {ReportText.Seconds(seconds)} long, {ReportText.Seconds(seconds / options.Columns)} a column";
    }

    private void DrawBand(HeatmapTarget target, HeatmapGrid grid, HeatmapBand band, double hottest)
    {
        string name = extent.Catalog.NameOf(target.Key.TargetId, band.Start, band.End);
        output.WriteLine(
            $"{Margin} {ReportText.Range(band.Start, band.End)}  {ReportText.Size(band.Size)}, "
            + $"{ReportText.Size((double)band.Size / band.Rows)} a row  {name}".TrimEnd());
        for (int row = 0; row < band.Rows; row++)
        {
            string line = Row(grid, band.FirstRow + row, hottest);
            output.WriteLine($"{ReportText.Address(band.RowStart(row))} |{line}|");
        }
    }

    private string Row(HeatmapGrid grid, int row, double hottest)
    {
        StringBuilder line = new();
        int colour = -1;
        for (int column = 0; column < grid.Columns; column++)
        {
            double? heat = grid[row, column];
            int level = heat is { } known ? Level(known, hottest) : -1;
            if (options.Colour && level != colour)
            {
                line.Append(level < 0 ? ReportColour.End : ReportColour.Begin(level));
                colour = level;
            }

            line.Append(level switch { -1 => ' ', 0 => '.', _ => (char)('0' + level) });
        }

        return line.Append(colour >= 0 ? ReportColour.End : "").ToString();
    }

    /// <summary>0 only for no access at all; the least access is 1, the hottest cell 9.</summary>
    private static int Level(double heat, double hottest) =>
        heat <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(heat / hottest * Steps), 1, Steps);

    private void DrawGap(HeatmapTarget target, ulong from, ulong to)
    {
        ulong bytes = target.Monitored.BytesIn(from, to);
        if (bytes > 0)
        {
            output.WriteLine($"{Margin} ~ not shown: {ReportText.Size(bytes)} monitored, never accessed ~");
        }
        else if (from != 0 && to != ulong.MaxValue)
        {
            output.WriteLine($"{Margin} ~ not shown: {ReportText.Size(to - from)} not monitored ~");
        }
    }

    private void DrawAxis()
    {
        string left = ReportText.Seconds((beginNs - extent.FirstNs) / 1e9);
        string right = ReportText.Seconds((endNs - extent.FirstNs) / 1e9);
        output.WriteLine($"{Margin}+{new string('-', options.Columns)}+");
        output.WriteLine($"{Margin} {left}{right.PadLeft(Math.Max(options.Columns - left.Length, right.Length + 1))}");
    }

    private void DrawLegend(HeatmapTarget target, double hottest)
    {
        if (target.MaxAccesses is null)
        {
            output.WriteLine(ReportText.Invariant(
                $"heat: samples found accessed per aggregation, mean of a cell: blank no data, . 0, 1 up to {hottest / Steps:F3}, 9 up to {hottest:F3}"));
            output.WriteLine("per cent and Hz need the intervals: tell them with --sample and --aggr");
        }
        else
        {
            output.WriteLine(ReportText.Invariant(
                $"heat: share of samples found accessed, mean of a cell: blank no data, . 0 %, 1 up to {ReportText.Percent(hottest / Steps)}, 9 up to {ReportText.Percent(hottest)}"));
            DrawHz(target, hottest);
        }

        if (options.Colour && hottest > 0)
        {
            StringBuilder ramp = new("colours: ");
            for (int level = 0; level < ReportColour.Levels; level++)
            {
                ramp.Append(ReportColour.Begin(level)).Append(' ').Append(level == 0 ? "." : level).Append(' ');
            }

            output.WriteLine(ramp.Append(ReportColour.End));
        }
    }

    /// <summary>What a share is in Hz: 100 % is one access seen in every sampling interval, more cannot be told.</summary>
    private void DrawHz(HeatmapTarget target, double hottest)
    {
        if (target is not { MaxHz: { } most, LeastMaxHz: { } least })
        {
            return;
        }

        bool steady = most < least * 1.1;
        output.WriteLine(steady
            ? ReportText.Invariant($"in Hz: 1 up to {hottest / Steps * most:F1}, 9 up to {hottest * most:F1}; 100 % is {most:F1} Hz, one access seen in each sampling interval")
            : ReportText.Invariant($"in Hz: 100 % is one access seen in each sampling interval, {least:F1} to {most:F1} Hz here, as the interval changed"));
    }
}
