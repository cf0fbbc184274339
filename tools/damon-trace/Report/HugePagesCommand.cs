using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.HugePages;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report huge-pages</c>.</summary>
internal static class HugePagesCommand
{
    internal static Command Create()
    {
        Command command = ReportArguments.Create(
            "huge-pages", "Which share of hot huge pages is really accessed, and what they hold for nothing: of a recording with --who.");
        CommandHelp.Of(command).WithExample("damon-trace report huge-pages a.nettrace", "what 'damon-trace record --who' recorded");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => HugePagesReport.Write(
            open, ReportArguments.Select(parse, new HugePagesOptions()), format, output, token), token));
        return command;
    }
}
