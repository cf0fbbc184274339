using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Report;
using Damon.Trace.Reports.Summary;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace report</c>: look at a recording in the terminal; without a report's name the summary, or with -o a page.</summary>
internal static class ReportCommand
{
    internal static Command Create()
    {
        var command = new Command("report", "Show a recording in the terminal, or as JSON, CSV, an HTML page or an image.")
        {
            SummaryCommand.Create(), HeatmapCommand.Create(), WssCommand.Create(), RegionsCommand.Create(), RecencyCommand.Create(),
            FootprintCommand.Create(), LimitCommand.Create(), NrRegionsCommand.Create(), TimesCommand.Create(), SchemesCommand.Create(), WhoReportCommand.Create(), HugePagesCommand.Create(),
            CompareCommand.Create(),
        };
        ReportArguments.Input.AddTo(command);
        ReportArguments.AddCommon(command);
        ReportFile.AddPage(command);
        CommandHelp.Of(command)
            .WithUsage("[REPORT] [OPTIONS] [RECORDING]")
            .WithExample("damon-trace report a.nettrace", "the summary: what was recorded, what came out, what to doubt")
            .WithExample("damon-trace report a.nettrace -o a.html", "one page for a browser, with everything")
            .WithExample("damon-trace report regions a.nettrace", "hottest and coldest ranges, and what they are")
            .WithExample("damon-trace report wss a.nettrace -o wss.csv", "a table for other programs");
        command.SetAction((parse, token) =>
        {
            RefuseMistypedReport(parse, command);
            return ReportArguments.Run(parse, (open, format, output) =>
                SummaryReport.Write(open, ReportArguments.Select(parse, new SummaryOptions()), format, output, token), token);
        });
        return command;
    }

    /// <summary>What is no file may be meant to be the name of a report.</summary>
    private static void RefuseMistypedReport(ParseResult parse, Command command)
    {
        if (parse.GetValue(ReportArguments.Input.Argument) is { } name && name != "-" && !Path.Exists(name)
            && Suggestion.Of(name, command.Subcommands.Select(report => report.Name)) is { } hint)
        {
            throw new UserErrorException($"there is no report or file '{name}'", hint, ExitCode.Usage);
        }

        if (!ReportArguments.Input.IsGiven(parse) && !File.Exists(Arguments.InputOption.Default))
        {
            throw new UserErrorException(
                "say what to report", "damon-trace report RECORDING, or a report that 'damon-trace report --help' lists", ExitCode.Usage);
        }
    }
}
