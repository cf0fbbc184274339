using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Reports.Footprints;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report footprint</c>.</summary>
internal static class FootprintCommand
{
    internal static Command Create()
    {
        var overTime = new Option<bool>("--over-time") { Description = "Over time instead of percentiles." };
        Option<int[]> percentiles = Percentiles.Option();
        Command command = ReportArguments.Create(
            "footprint", "What memory was held (RSS, PSS, swap, VSZ) next to the working set.", overTime, percentiles);
        CommandHelp.Of(command).WithExample("damon-trace report footprint a.nettrace --over-time", "RSS, PSS, swap, one row a second");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => FootprintsReport.Write(
            open,
            ReportArguments.Select(parse, new FootprintsOptions
            {
                OverTime = parse.GetValue(overTime),
                Percentiles = parse.GetValue(percentiles)!,
            }),
            format,
            output,
            token), token));
        return command;
    }
}
