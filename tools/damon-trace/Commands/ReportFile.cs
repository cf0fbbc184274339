using System.CommandLine;
using Damon.Trace.Cli.Report;
using Damon.Trace.Exporters.Html;
using Damon.Trace.Exporters.Pictures;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>report -o FILE</c>: reports that are files, a page of HTML or a picture.</summary>
internal static class ReportFile
{
    private static readonly Option<string?> s_page = new("--output", "-o")
    {
        Description = "HTML page to write, one file that needs no network; - is stdout.",
        HelpName = "FILE.html",
    };

    private static readonly Option<bool> s_static = new("--static") { Description = "Still pictures in the page in place of charts that zoom." };

    private static readonly Option<string?> s_picture = new("--picture", "-o")
    {
        Description = "Write a picture instead: FILE.svg, or FILE.png where rsvg-convert or chromium is installed.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> s_dark = new("--dark") { Description = "With -o: a picture for a dark ground." };

    /// <summary>Makes <c>report -o FILE.html</c> of the command itself.</summary>
    internal static Command AddPage(Command report, Func<ParseResult, string> input, Func<ParseResult, HtmlOptions> options, params Option[] others)
    {
        report.Add(s_page);
        report.Add(s_static);
        foreach (Option other in others)
        {
            report.Add(other);
        }

        report.SetAction((parse, token) =>
        {
            string path = parse.GetValue(s_page) ?? throw new UserErrorException(
                "say what to report", "damon-trace report -o report.html, or one of: heatmap, wss, regions, summary", ExitCode.Usage);
            if (Path.GetExtension(path) is not (".html" or ".htm") && path != "-")
            {
                throw new UserErrorException($"'{path}' is not a page", "name it FILE.html; pictures: report heatmap -o FILE.svg", ExitCode.Usage);
            }

            using ReplayableInput recording = ReplayableInput.Open(input(parse));
            HtmlOptions page = options(parse) with { StaticOnly = parse.GetValue(s_static) };
            ReportOutput.Write(path, output => HtmlReport.Write(recording.Read, page, output, token));
            if (!HtmlReport.HasCharts && !page.StaticOnly)
            {
                parse.InvocationConfiguration.Error.WriteLine(
                    "damon-trace: the page has still pictures: this build had no npm to fetch echarts; install npm and build again");
            }

            return Task.FromResult(ExitCode.Ok);
        });
        return report;
    }

    /// <summary>Gives a command <c>-o PICTURE</c>.</summary>
    internal static void AddPicture(Command command)
    {
        command.Add(s_picture);
        command.Add(s_dark);
    }

    /// <summary>Writes the heatmap as a picture if one was asked for.</summary>
    internal static bool TryHeatmap(ParseResult parse, Func<IRecordingReader> open, HeatmapOptions options, CancellationToken token) =>
        TryPicture(parse, output => Still.Heatmap(open, options, parse.GetValue(s_dark), output, token));

    /// <summary>Writes working set and footprint as a picture if one was asked for.</summary>
    internal static bool TryWss(ParseResult parse, Func<IRecordingReader> open, ulong? targetId, CancellationToken token) =>
        TryPicture(parse, output => Still.Wss(open, targetId, parse.GetValue(s_dark), output, token));

    private static bool TryPicture(ParseResult parse, Func<TextWriter, bool> draw)
    {
        if (parse.GetValue(s_picture) is not { } path)
        {
            return false;
        }

        switch (Path.GetExtension(path))
        {
            case ".svg":
                ReportOutput.Write(path, draw);
                return true;
            case ".png":
                PngPicture.Write(path, draw);
                return true;
            default:
                throw new UserErrorException($"'{path}' is not a picture", "name it FILE.svg or FILE.png", ExitCode.Usage);
        }
    }
}
