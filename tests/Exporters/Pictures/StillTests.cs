using System.Xml.Linq;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Wss;
using Damon.Trace.Exporters.Tests.Html;

namespace Damon.Trace.Exporters.Tests.Pictures;

public sealed class StillTests
{
    private const ulong Page = 4096;
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_heatmap_has_one_path_for_each_heat_and_says_what_it_means()
    {
        // Two bands, as the page between them is never accessed: one in all samples (100 %, the hottest), one in half; then none.
        HandmadeRecording recording = new HandmadeRecording { WallOffsetNs = 0 }
            .Target(0, 42, "app", "app -x")
            .Mapping(0, 0x100000, 0x103000, "rw-p", "[heap]")
            .Snapshot(0, [(0x100000, 0x101000, 20, 3), (0x101000, 0x102000, 0, 0), (0x102000, 0x103000, 10, 0)])
            .Snapshot(1, [(0x100000, 0x103000, 0, 0)]);

        XDocument picture = Heatmap(recording);

        // On a light ground dark is hot: 100 % is the darkest of viridis, 50 % the middle of what is left without its palest fifth.
        string[] fills = [.. picture.Descendants(s_svg + "path").Select(path => (string?)path.Attribute("fill") ?? "").Where(fill => fill.StartsWith('#'))];
        Assert.Equal(["#e6e9ee", "#440154", "#e6e9ee", PictureTheme.Light.Heat(0.5)], fills);
        string text = string.Join('\n', picture.Descendants(s_svg + "text").Select(element => element.Value));
        Assert.Contains("target 0: pid 42 (app)", text, StringComparison.Ordinal);
        Assert.Contains("000000100000", text, StringComparison.Ordinal);
        Assert.Contains("rw-p [heap]", text, StringComparison.Ordinal);
        Assert.Contains("time in s since the recording began", text, StringComparison.Ordinal);
        Assert.Contains("100 % is 200.0 Hz", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_from_targets_never_become_markup()
    {
        XDocument picture = Heatmap(PageRecording.Make());

        Assert.Empty(picture.Descendants(s_svg + "script"));
        Assert.Contains(picture.Descendants(s_svg + "text"), text => text.Value.Contains(PageRecording.HostileName, StringComparison.Ordinal));
    }

    [Fact]
    public void The_working_set_is_drawn_to_scale()
    {
        // 1 MiB, then 3 MiB: the second point is three times as high above the ground line.
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, 256 * Page, 1, 0)])
            .Snapshot(1, [(0, 768 * Page, 1, 0)]);
        StringWriter output = new();

        Assert.True(Still.Wss(() => recording, new WssOptions(), dark: false, output, CancellationToken.None));

        XDocument picture = XDocument.Parse(output.ToString());
        string line = picture.Descendants(s_svg + "path").First(path => (string?)path.Attribute("stroke-width") == "2").Attribute("d")!.Value;
        double[] heights = [.. line.TrimStart('M').Split('L').Select(point => 312 - double.Parse(point.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(3, heights[1] / heights[0], 0.01);
    }

    [Fact]
    public void The_states_are_stacked_to_scale()
    {
        StringWriter output = new();
        Assert.True(Still.Wss(() => StatesRecording.Make(), new WssOptions(), dark: false, output, CancellationToken.None));
        XDocument picture = XDocument.Parse(output.ToString());
        string[] fills = [PictureTheme.Light.States[0], PictureTheme.Light.States[1], "url(#hatching)"];

        // Of 1,100 resident pages 250 are hot, 750 cold, 100 unknown: so are the heights at the right edge of the first stack, bottom up.
        double[] heights = [.. fills.Select(fill => Right(picture.Descendants(s_svg + "path").First(path => (string?)path.Attribute("fill") == fill)))];
        Assert.Equal(3, heights[1] / heights[0], 0.03);
        Assert.Equal(0.4, heights[2] / heights[0], 0.03);
        string text = string.Join('\n', picture.Descendants(s_svg + "text").Select(element => element.Value));
        Assert.Contains("3.91 MiB: 1000.00 KiB hot, 2.93 MiB cold, 0 B unknown", text, StringComparison.Ordinal);
        Assert.Contains("400.00 KiB: 0 B hot, 0 B cold, 400.00 KiB unknown", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_is_unknown_or_missing_is_never_drawn_as_not_accessed()
    {
        // Of all addresses: the heap's cold part is not accessed, the library is unknown, and the empty mapping is left blank.
        XDocument picture = Heatmap(StatesRecording.Make(), new HeatmapOptions { AllAddresses = true });

        string[] fills = [.. picture.Descendants(s_svg + "path").Select(path => (string?)path.Attribute("fill") ?? "").Where(fill => fill is not ("none" or ""))];
        Assert.Equal(1, fills.Count(fill => fill == PictureTheme.Light.NotAccessed));
        Assert.Equal(1, fills.Count(fill => fill == "url(#hatching)"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_least_heat_stands_out_from_the_ground_and_from_what_is_not_accessed(bool dark)
    {
        PictureTheme theme = dark ? PictureTheme.Dark : PictureTheme.Light;
        double least = Luminance(theme.Heat(0));

        // The ratio of WCAG; 3 is what it asks of graphics, which a ramp down to black or up to white cannot give at both ends.
        Assert.All([theme.Ground, theme.NotAccessed], other => Assert.InRange(Ratio(least, Luminance(other)), dark ? 2.4 : 1.5, 21));
    }

    [Fact]
    public void Without_snapshots_there_is_no_picture()
    {
        StringWriter output = new();

        Assert.False(Still.Heatmap(() => new HandmadeRecording(), new HeatmapOptions(), dark: false, output, CancellationToken.None));
        Assert.False(Still.Wss(() => new HandmadeRecording(), new WssOptions(), dark: false, output, CancellationToken.None));
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData(0, "#440154")]
    [InlineData(0.5, "#21918c")]
    [InlineData(1, "#fde725")]
    public void The_ramp_is_viridis(double share, string colour) => Assert.Equal(colour, Viridis.At(share));

    /// <summary>Height of an area where its upper line ends and its lower one, drawn backwards, begins.</summary>
    private static double Right(XElement area)
    {
        double[][] points = [.. ((string)area.Attribute("d")!).TrimStart('M').TrimEnd('z').Split('L')
            .Select(point => point.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray())];
        double right = points.Max(point => point[0]);
        double[] ys = [.. points.Where(point => point[0] == right).Select(point => point[1])];
        return ys.Max() - ys.Min();
    }

    private static double Ratio(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    /// <summary>Relative luminance of <c>#rrggbb</c> (WCAG 2).</summary>
    private static double Luminance(string colour)
    {
        double[] linear = [.. new[] { 1, 3, 5 }.Select(at => Convert.ToInt32(colour.Substring(at, 2), 16) / 255.0)
            .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    private static XDocument Heatmap(HandmadeRecording recording, HeatmapOptions? options = null)
    {
        StringWriter output = new();
        Assert.True(Still.Heatmap(() => recording, options ?? new HeatmapOptions(), dark: false, output, CancellationToken.None));
        return XDocument.Parse(output.ToString());
    }
}
