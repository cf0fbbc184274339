using Damon.Trace.Reports.Heatmap;

namespace Damon.Trace.Reports.Pictures;

/// <summary>
/// Where the bands of a heatmap are drawn along the address axis, from 0 to 1: by their rows, but none so thin that it cannot be seen,
/// with a fold between them where addresses are left out.
/// </summary>
internal sealed class FoldedAxis
{
    private const double Thinnest = 0.05;

    /// <summary>High enough for a line of text: the fold says what is above and below it.</summary>
    private const double Fold = 0.04;

    private readonly (double Top, double Height)[] _places;

    public FoldedAxis(HeatmapBand[] bands)
    {
        _places = new (double, double)[bands.Length];
        double rows = bands.Sum(band => band.Rows);
        double[] wanted = [.. bands.Select(band => Math.Max(band.Rows / rows, Thinnest))];
        double scale = (1 - (Fold * (bands.Length - 1))) / wanted.Sum();
        double top = 0;
        for (int i = 0; i < bands.Length; i++)
        {
            _places[i] = (top, wanted[i] * scale);
            top += (wanted[i] * scale) + Fold;
        }
    }

    /// <summary>Top and height of a band.</summary>
    public (double Top, double Height) this[int band] => _places[band];
}
