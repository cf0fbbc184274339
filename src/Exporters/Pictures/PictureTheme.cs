namespace Damon.Trace.Exporters.Pictures;

/// <summary>Colours of a picture apart from its heat.</summary>
/// <param name="Ground">Behind everything.</param>
/// <param name="Text">Titles and names.</param>
/// <param name="Muted">Axes and notes.</param>
/// <param name="Line">Grid lines and borders.</param>
/// <param name="NotAccessed">Cells that were sampled and never found accessed.</param>
/// <param name="Series">Lines and bars, chosen to differ in lightness too.</param>
/// <param name="DarkIsHot">Whether the ramp is reversed: on a light ground dark stands out.</param>
internal sealed record PictureTheme(
    string Ground, string Text, string Muted, string Line, string NotAccessed, string[] Series, bool DarkIsHot)
{
    // The series are four colours of Okabe and Ito, made for colour-blind eyes.
    public static PictureTheme Light { get; } =
        new("#ffffff", "#1b2430", "#5b6675", "#dfe3e8", "#eef0f3", ["#0072b2", "#d55e00", "#009e73", "#7d4f8f"], DarkIsHot: true);

    public static PictureTheme Dark { get; } =
        new("#12161d", "#e8ecf1", "#9aa5b3", "#2b323d", "#1e242d", ["#56b4e9", "#e69f00", "#2fc79a", "#cc79a7"], DarkIsHot: false);

    /// <summary>Colour of heat, 0 to 1 of the hottest.</summary>
    public string Heat(double share) => Viridis.At(DarkIsHot ? 1 - share : share);
}
