using System.Text;

namespace Damon.Trace.Reports.Pictures;

/// <summary>A rectangle of a picture in which bytes are drawn over time.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Width">Width, for <paramref name="End"/>.</param>
/// <param name="Height">Height, for <paramref name="Most"/>.</param>
/// <param name="End">The right edge in units of the horizontal axis.</param>
/// <param name="Most">The upper edge in bytes.</param>
internal readonly record struct PlotArea(double Left, double Top, double Width, double Height, double End, double Most)
{
    public double Bottom => Top + Height;

    /// <summary>Nothing leaves the area: a footprint may have been read before the first snapshot began.</summary>
    public double X(double at) => Left + (Math.Clamp(at / End, 0, 1) * Width);

    public double Y(double bytes) => Bottom - (bytes / Most * Height);

    /// <summary>Path of a line.</summary>
    public string LineOf(IEnumerable<(double At, double Bytes)> points)
    {
        StringBuilder path = new();
        foreach ((double at, double bytes) in points)
        {
            path.Append(ReportText.Invariant($"{(path.Length == 0 ? 'M' : 'L')}{X(at):0.#} {Y(bytes):0.#}"));
        }

        return path.ToString();
    }

    /// <summary>Path of the area between two lines.</summary>
    public string AreaOf(IEnumerable<(double At, double Bytes)> low, IEnumerable<(double At, double Bytes)> high) =>
        LineOf(high.Concat(low.Reverse())) + "z";

    public void DrawByteAxis(SvgCanvas canvas, int most, PictureTheme theme)
    {
        foreach (double tick in AxisTicks.Binary(Most, most))
        {
            canvas.Line(Left, Y(tick), Left + Width, Y(tick), theme.Line);
            canvas.Text(Left - 8, Y(tick) + 4, ReportText.Size(tick).Replace(".000", "", StringComparison.Ordinal), theme.Muted, "end", 11);
        }
    }

    /// <param name="canvas">The picture.</param>
    /// <param name="start">Seconds since the recording began at the left edge.</param>
    /// <param name="theme">Colours.</param>
    public void DrawTimeAxis(SvgCanvas canvas, double start, PictureTheme theme)
    {
        foreach (double tick in AxisTicks.Decimal(End, 8))
        {
            canvas.Text(X(tick), Bottom + 18, ReportText.Invariant($"{tick + start:0.###}"), theme.Muted, "middle", 11);
        }

        canvas.Text(Left + Width, Bottom + 36, "time in s since the recording began", theme.Muted, "end", 11);
    }
}
