using System.Xml.Linq;
using Damon.Trace.Exporters.Pictures;
using Damon.Trace.Exporters.Reports;
using Damon.Trace.Exporters.Reports.Wss;
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

        // On a light ground dark is hot: 100 % is the darkest of viridis, 50 % its middle.
        string[] fills = [.. picture.Descendants(s_svg + "path").Select(path => (string?)path.Attribute("fill") ?? "").Where(fill => fill.StartsWith('#'))];
        Assert.Equal(["#eef0f3", "#440154", "#eef0f3", "#21918c"], fills);
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
        double[] heights = [.. line.TrimStart('M').Split('L').Select(point => 296 - double.Parse(point.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(3, heights[1] / heights[0], 0.01);
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

    private static XDocument Heatmap(HandmadeRecording recording)
    {
        StringWriter output = new();
        Assert.True(Still.Heatmap(() => recording, new HeatmapOptions(), dark: false, output, CancellationToken.None));
        return XDocument.Parse(output.ToString());
    }
}
