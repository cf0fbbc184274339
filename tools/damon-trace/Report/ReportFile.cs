using System.CommandLine;
using Damon.Trace.Exporters.Html;
using Damon.Trace.Exporters.Pictures;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;
using Damon.Trace.Exporters.Reports.Wss;

namespace Damon.Trace.Cli.Report;

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
    internal static Command AddPage(Command report)
    {
        report.Add(s_page);
        report.Add(s_static);
        ReportArguments.AddSelection(report);
        report.SetAction((parse, token) =>
        {
            string path = parse.GetValue(s_page) ?? throw new UserErrorException(
                "say what to report", "damon-trace report -o report.html, or a name that report --help lists", ExitCode.Usage);
            if (Path.GetExtension(path) is not (".html" or ".htm") && path != "-")
            {
                throw new UserErrorException($"'{path}' is not a page", "name it FILE.html; pictures: report heatmap -o FILE.svg", ExitCode.Usage);
            }

            HtmlOptions page = ReportArguments.Select(parse, new HtmlOptions { StaticOnly = parse.GetValue(s_static) });
            return ReportArguments.Run(parse, open =>
            {
                ReportOutput.Write(path, output => HtmlReport.Write(open, page, output, token));
                if (!HtmlReport.HasCharts && !page.StaticOnly)
                {
                    parse.InvocationConfiguration.Error.WriteLine(
                        "damon-trace: the page has still pictures: this build had no npm to fetch echarts; install npm and build again");
                }
            });
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
    internal static bool TryWss(ParseResult parse, Func<IRecordingReader> open, WssOptions options, CancellationToken token)
    {
        if (parse.GetValue(s_picture) is not null && (options.SkipSnapshots > 0 || options.WorkTimeUs > 1 || options.Together))
        {
            throw new UserErrorException(
                "a picture shows every snapshot of every target", "leave out --skip, --work-time and --together", ExitCode.Usage);
        }

        return TryPicture(parse, output => Still.Wss(open, options, parse.GetValue(s_dark), output, token));
    }

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
