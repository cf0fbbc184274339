using System.Text;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>
/// Draws maps as text: digits for heat, a dot for "not accessed", ? for "unknown", a blank for "no memory" and "no data".
/// </summary>
internal sealed class HeatmapCanvas(HeatmapOptions options, HeatmapResult result, FoldedText output)
{
    private const int Steps = 9;
    private const string Margin = "              ";

    private readonly ReportTime _time = new(result.Recording, options.WallTime);

    private long BeginNs => result.BeginNs ?? 0;

    private long EndNs => result.EndNs ?? 0;

    public void Draw()
    {
        if (result.Targets.Count == 0)
        {
            output.WriteLine("heatmap: nothing was recorded of what was asked for");
        }

        foreach (HeatmapMap map in result.Targets)
        {
            Draw(map);
        }

        if (result.TargetsLeftOut > 0)
        {
            output.WriteLine(ReportText.Invariant($"{result.TargetsLeftOut} more targets are not shown; choose one with --target"));
        }

        result.Recording.WriteEnd(output);
    }

    private void Draw(HeatmapMap map)
    {
        output.WriteLine($"heatmap of {map.Target.Describe()}");
        output.WriteLine(TimeLine());
        ulong shownUpTo = 0;
        for (int i = 0; i < map.Bands.Count; i++)
        {
            if (!options.HottestFirst)
            {
                DrawGap(map, shownUpTo, map.Bands[i].Start);
            }

            DrawBand(map, map.Bands[i], map.BandNames[i]);
            shownUpTo = map.Bands[i].End;
        }

        if (options.HottestFirst)
        {
            DrawRest(map);
        }
        else
        {
            DrawGap(map, shownUpTo, ulong.MaxValue);
        }

        DrawAxis();
        DrawLegend(map);
        output.WriteLine();
    }

    private string TimeLine()
    {
        double seconds = (EndNs - BeginNs) / 1e9;
        string start = result.Recording.WallOf(BeginNs) is { } wall
            ? $"from {ReportText.Wall(wall)}"
            : ReportText.Invariant($"from {BeginNs / 1e9:F6} s, no wall clock");
        return $"{start}, {ReportText.Seconds(seconds)} long, {ReportText.Seconds(seconds / options.Columns)} a column";
    }

    private void DrawBand(HeatmapMap map, HeatmapBand band, string name)
    {
        string line =
            $"{Margin} {ReportText.Range(band.Start, band.End)}  {ReportText.Size(band.Size)}, {ReportText.Size((double)band.Size / band.Rows)} a row";
        output.WriteLine(line.Length + 2 + name.Length <= output.Columns ? $"{line}  {name}" : $"{line}{output.NewLine}{Margin} {ReportText.ShortName(name, output.Columns - Margin.Length - 1)}");
        for (int row = 0; row < band.Rows; row++)
        {
            HeatmapRow cells = map.Rows[band.FirstRow + row];
            output.WriteUnfolded($"{ReportText.Address(cells.Start)}|{Cells(cells, map.Hottest)}|");
        }
    }

    private string Cells(HeatmapRow row, double hottest)
    {
        StringBuilder line = new();
        int colour = -1;
        for (int column = 0; column < row.Heat.Count; column++)
        {
            int level = row.Heat[column] is { } known ? Level(known, hottest) : -1;
            if (options.Colour && level != colour)
            {
                line.Append(level < 0 ? ReportColour.End : ReportColour.Begin(level));
                colour = level;
            }

            line.Append(level switch
            {
                -1 => row.IsUnknown[column] ? '?' : ' ',
                0 => '.',
                _ => (char)('0' + level),
            });
        }

        return line.Append(colour >= 0 ? ReportColour.End : "").ToString();
    }

    /// <summary>0 only for no access at all; the least access is 1, the hottest cell 9.</summary>
    private static int Level(double heat, double hottest) =>
        heat <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(heat / hottest * Steps), 1, Steps);

    /// <summary>What the stretches leave out, together: sorted by heat they have no gaps between them.</summary>
    private void DrawRest(HeatmapMap map)
    {
        ulong shown = 0;
        foreach (HeatmapBand band in map.Bands)
        {
            shown += map.Monitored.BytesIn(band.Start, band.End);
        }

        DrawNeverAccessed(map.Monitored.BytesIn(0, ulong.MaxValue) - shown);
    }

    private void DrawNeverAccessed(ulong bytes)
    {
        if (bytes > 0)
        {
            output.WriteLine($"{Margin} ~ not shown: {ReportText.Size(bytes)} monitored, never accessed ~");
        }
    }

    private void DrawGap(HeatmapMap map, ulong from, ulong to)
    {
        ulong bytes = map.Monitored.BytesIn(from, to);
        if (bytes > 0)
        {
            DrawNeverAccessed(bytes);
        }
        else if (from != 0 && to != ulong.MaxValue)
        {
            output.WriteLine($"{Margin} ~ not shown: {ReportText.Size(to - from)} not monitored ~");
        }
    }

    private void DrawAxis()
    {
        string left = _time.Short(BeginNs);
        string right = _time.Short(EndNs);
        output.WriteUnfolded($"{Margin}+{new string('-', options.Columns)}+");
        output.WriteUnfolded($"{Margin} {left}{right.PadLeft(Math.Max(options.Columns - left.Length, right.Length + 1))}");
    }

    private void DrawLegend(HeatmapMap map)
    {
        if (options.WallTime)
        {
            output.WriteLine($"time: {_time.Unit}");
        }

        if (map.IsShare)
        {
            output.WriteLine("heat: % of the samples that found it accessed, mean of a cell");
            output.WriteLine(ReportText.Invariant(
                $"      . 0 %, 1 up to {map.Hottest / Steps:F1} %, 9 up to {map.Hottest:F1} %"));
            DrawHz(map);
        }
        else
        {
            output.WriteLine("heat: samples found accessed per aggregation, mean of a cell");
            output.WriteLine(ReportText.Invariant($"      . 0, 1 up to {map.Hottest / Steps:F3}, 9 up to {map.Hottest:F3}"));
            output.WriteLine("per cent and Hz need the intervals: tell them with --sample and --aggr");
        }

        output.WriteLine("?     unknown: could not be sampled, may be hot or cold");
        output.WriteLine("blank no memory there, or no data");

        if (options.Colour && map.Hottest > 0)
        {
            StringBuilder ramp = new("colours: ");
            for (int level = 0; level < ReportColour.Levels; level++)
            {
                ramp.Append(ReportColour.Begin(level)).Append(' ').Append(level == 0 ? "." : level).Append(' ');
            }

            output.WriteUnfolded(ramp.Append(ReportColour.End).ToString());
        }
    }

    /// <summary>What a share is in Hz: 100 % is one access seen in every sampling interval, more cannot be told.</summary>
    private void DrawHz(HeatmapMap map)
    {
        if (map is not { MaxHz: { } most, LeastMaxHz: { } least })
        {
            return;
        }

        if (most < least * 1.1)
        {
            output.WriteLine(ReportText.Invariant(
                $"in Hz: 1 up to {map.Hottest / 100 / Steps * most:F1}, 9 up to {map.Hottest / 100 * most:F1}; 100 % is {most:F1} Hz,"));
            output.WriteLine("       one access seen in each sampling interval");
        }
        else
        {
            output.WriteLine("in Hz: 100 % is one access seen in each sampling interval,");
            output.WriteLine(ReportText.Invariant($"       {least:F1} to {most:F1} Hz here, as the interval changed"));
        }
    }
}
