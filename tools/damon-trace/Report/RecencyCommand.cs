using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Reports.Recency;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report recency</c>.</summary>
internal static class RecencyCommand
{
    internal static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Names that are listed. Default: 10.", DefaultValueFactory = _ => 10, HelpName = "N" };
        Option<int[]> percentiles = Percentiles.Option();
        Command command = ReportArguments.Create(
            "recency", "The cold tail: how much memory has been idle for how long, and what it is.", count, percentiles);
        command.SetAction((parse, token) => ReportArguments.Run(parse, open => RecencyReport.Write(
            open,
            ReportArguments.Select(parse, new RecencyOptions { Mappings = parse.GetValue(count), Percentiles = parse.GetValue(percentiles)! }),
            ReportArguments.Format(parse),
            parse.InvocationConfiguration.Output,
            token)));
        return command;
    }
}
