using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Reports.Recency;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report recency</c>.</summary>
internal static class RecencyCommand
{
    internal static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Names that are listed. Default: 10.", DefaultValueFactory = _ => 10, CustomParser = Number.Whole(1, int.MaxValue), HelpName = "N" };
        Option<int[]> percentiles = Percentiles.Option();
        Command command = ReportArguments.Create(
            "recency", "The cold tail: how much memory has been idle for how long, and what it is.", count, percentiles);
        CommandHelp.Of(command).WithExample("damon-trace report recency a.nettrace", "how much memory was idle for how long");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => RecencyReport.Write(
            open,
            ReportArguments.Select(parse, new RecencyOptions { Mappings = parse.GetValue(count), Percentiles = parse.GetValue(percentiles)! }),
            format,
            output,
            token), token));
        return command;
    }
}
