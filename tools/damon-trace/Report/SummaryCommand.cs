using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Summary;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report summary</c>.</summary>
internal static class SummaryCommand
{
    internal static Command Create()
    {
        Command command = ReportArguments.Create("summary", "What was recorded, how, what came out and what to doubt, on one screen.");
        CommandHelp.Of(command).WithExample("damon-trace report summary a.nettrace", "one screen");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => SummaryReport.Write(
            open, ReportArguments.Select(parse, new SummaryOptions()), format, output, token), token));
        return command;
    }
}
