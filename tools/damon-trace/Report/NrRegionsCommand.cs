using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Reports.NrRegions;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report nr-regions</c>.</summary>
internal static class NrRegionsCommand
{
    internal static Command Create()
    {
        var skip = new Option<int>("--skip")
        {
            Description = "Snapshots to leave out at the start, while regions adapt. Default: 0 (damo: 20).",
            CustomParser = Number.Whole(0, int.MaxValue),
            HelpName = "N",
        };
        var overTime = new Option<bool>("--over-time") { Description = "Over time instead of percentiles." };
        Option<int[]> percentiles = Percentiles.Option();
        Command command = ReportArguments.Create(
            "nr-regions", "Number of regions: its distribution, or over time.", skip, overTime, percentiles);
        CommandHelp.Of(command).WithExample("damon-trace report nr-regions a.nettrace", "were there enough regions?");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) => NrRegionsReport.Write(
            open,
            ReportArguments.Select(parse, new NrRegionsOptions
            {
                SkipSnapshots = parse.GetValue(skip),
                OverTime = parse.GetValue(overTime),
                Percentiles = parse.GetValue(percentiles)!,
            }),
            format,
            output,
            token), token));
        return command;
    }
}
