using System.Xml.Linq;
using Damon.Trace.Cli.Tests.Formats;
using Damon.Trace.Reports.Html;

namespace Damon.Trace.Cli.Tests;

/// <summary><c>report -o</c>: pages and pictures through the command line.</summary>
public sealed class ReportFileTests
{
    [Fact]
    public async Task A_page_and_pictures_are_written_owner_only_and_whole()
    {
        using TemporaryFolder folder = new();
        string input = folder.File("a.txt");
        SyntheticText.Write(input);

        CommandRun page = await CommandRun.RunAsync("report", "-i", input, "--sample", "5ms", "--aggr", "100ms", "-o", folder.File("a.html"));
        CommandRun heatmap = await CommandRun.RunAsync("report", "heatmap", "-i", input, "-o", folder.File("heat.svg"));
        CommandRun wss = await CommandRun.RunAsync("report", "wss", "-i", input, "-o", folder.File("wss.svg"));

        Assert.Equal((0, 0, 0), (page.ExitCode, heatmap.ExitCode, wss.ExitCode));
        Assert.Equal(!HtmlReport.HasCharts, page.Error.Contains("still pictures", StringComparison.Ordinal));
        string html = await File.ReadAllTextAsync(folder.File("a.html"));
        Assert.Contains("0x555500000000-0x555500200000", html, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", html, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("a.html")));
        Assert.Equal("svg", XDocument.Load(folder.File("heat.svg")).Root!.Name.LocalName);
        Assert.Equal("svg", XDocument.Load(folder.File("wss.svg")).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("'x.pdf' says no format", "report", "-o", "x.pdf")]
    [InlineData("this report is not a picture", "report", "regions", "-o", "x.svg")]
    [InlineData("'x.gif' says no format", "report", "heatmap", "-o", "x.gif")]
    public async Task What_cannot_be_written_is_said_with_a_hint(string message, params string[] arguments)
    {
        using TemporaryFolder folder = new();
        string input = folder.File("a.txt");
        SyntheticText.Write(input);

        CommandRun run = await CommandRun.RunAsync([.. arguments, "-i", input]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("hint:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_snapshots_nothing_is_left_behind()
    {
        using TemporaryFolder folder = new();
        string input = folder.File("a.txt");
        SyntheticText.Write(input);

        CommandRun run = await CommandRun.RunAsync("report", "-i", input, "--target", "7", "-o", folder.File("a.html"));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal([input], Directory.GetFiles(Path.GetDirectoryName(input)!));
    }
}
