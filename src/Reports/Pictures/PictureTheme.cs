namespace Damon.Trace.Reports.Pictures;

/// <summary>Colours of a picture apart from its heat.</summary>
/// <param name="Ground">Behind everything.</param>
/// <param name="Text">Titles and names.</param>
/// <param name="Muted">Axes and notes.</param>
/// <param name="Line">Grid lines and borders.</param>
/// <param name="NotAccessed">Cells that were sampled and never found accessed.</param>
/// <param name="Unknown">Lines of the hatching of what is unknown.</param>
/// <param name="Series">Lines and bars, chosen to differ in lightness too.</param>
/// <param name="States">Hot, cold, and idle so far.</param>
/// <param name="DarkIsHot">Whether the ramp is reversed: on a light ground dark stands out.</param>
internal sealed record PictureTheme(
    string Ground, string Text, string Muted, string Line, string NotAccessed, string Unknown, string[] Series, string[] States, bool DarkIsHot)
{
    /// <summary>
    /// The end of the ramp next to the ground is left out: little heat must not look like none. So it has three times the ground's
    /// luminance where the ground is dark, and is clearly green and not pale yellow where it is light.
    /// </summary>
    private const double FirstOnDark = 0.35;
    private const double FirstOnLight = 0.2;

    // The series are four colours of Okabe and Ito, made for colour-blind eyes.
    public static PictureTheme Light { get; } = new(
        "#ffffff", "#1b2430", "#5b6675", "#dfe3e8", "#e6e9ee", "#8a94a3", ["#0072b2", "#d55e00", "#009e73", "#7d4f8f", "#5b6675"],
        ["#c8412b", "#5b9bd5", "#c3daf0"], DarkIsHot: true);

    public static PictureTheme Dark { get; } = new(
        "#12161d", "#e8ecf1", "#9aa5b3", "#2b323d", "#1e242d", "#7c8794", ["#56b4e9", "#e69f00", "#2fc79a", "#cc79a7", "#9aa5b3"],
        ["#f0704a", "#3f7fb8", "#274867"], DarkIsHot: false);

    /// <summary>Colour of heat, 0 to 1 of the hottest.</summary>
    public string Heat(double share)
    {
        double first = DarkIsHot ? FirstOnLight : FirstOnDark;
        double place = first + ((1 - first) * share);
        return Viridis.At(DarkIsHot ? 1 - place : place);
    }

    /// <summary>Nine colours of the ramp, from little heat to much.</summary>
    public IEnumerable<string> Ramp => Enumerable.Range(0, 9).Select(step => Heat(step / 8.0));
}
