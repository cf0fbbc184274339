using System.CommandLine;
using Damon.Trace.Exporters.Html;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report -o FILE.html</c>: everything on one page.</summary>
internal static class PageCommand
{
    private static readonly Option<string?> s_page = new("--output", "-o")
    {
        Description = "HTML page to write, one file that needs no network; - is stdout.",
        HelpName = "FILE.html",
    };

    private static readonly Option<bool> s_static = new("--static") { Description = "Still pictures in the page in place of charts that zoom." };

    /// <summary>Makes the page of the command itself; its subcommands stay as they are.</summary>
    internal static Command AddTo(Command report)
    {
        report.Add(s_page);
        report.Add(s_static);
        ReportArguments.AddInput(report);
        report.SetAction((parse, token) => ReportArguments.Run(parse, open =>
        {
            ReportSelection selection = ReportArguments.Select(parse, new ReportSelection());
            var page = new HtmlOptions { TargetId = selection.TargetId, Known = selection.Known, StaticOnly = parse.GetValue(s_static) };
            ReportOutput.Write(parse.GetValue(s_page)!, output => HtmlReport.Write(open, page, output, token));
            if (!HtmlReport.HasCharts && !page.StaticOnly)
            {
                parse.InvocationConfiguration.Error.WriteLine(
                    "damon-trace: the page has still pictures: this build had no npm to fetch echarts; install npm and build again");
            }
        }, () => CheckPath(parse.GetValue(s_page))));
        return report;
    }

    private static void CheckPath(string? path)
    {
        if (path is null)
        {
            throw new UserErrorException(
                "say what to report", "damon-trace report -o report.html, or one of: summary, heatmap, wss, regions ...", ExitCode.Usage);
        }

        if (Path.GetExtension(path) is not (".html" or ".htm") && path != "-")
        {
            throw new UserErrorException($"'{path}' is not a page", "name it FILE.html; pictures: report heatmap -o FILE.svg", ExitCode.Usage);
        }
    }
}
