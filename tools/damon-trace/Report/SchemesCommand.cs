using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Schemes;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report schemes</c>.</summary>
internal static class SchemesCommand
{
    internal static Command Create()
    {
        Command command = ReportArguments.Create("schemes", "What schemes (DAMOS) were tried on, their quotas and counters.");
        CommandHelp.Of(command).WithExample("damon-trace report schemes perf.data", "what perf record -e 'damon:*' -a recorded");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => SchemesReport.Write(
            open, ReportArguments.Select(parse, new SchemesOptions()), format, output, token), token));
        return command;
    }
}
