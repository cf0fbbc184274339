using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Reports.Footprints;

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
        command.SetAction((parse, token) => ReportArguments.Run(parse, open => FootprintsReport.Write(
            open,
            ReportArguments.Select(parse, new FootprintsOptions
            {
                OverTime = parse.GetValue(overTime),
                Percentiles = parse.GetValue(percentiles)!,
            }),
            ReportArguments.Format(parse),
            parse.InvocationConfiguration.Output,
            token)));
        return command;
    }
}
