using System.CommandLine;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Reports.Regions;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report regions</c>.</summary>
internal static class RegionsCommand
{
    private static readonly Dictionary<string, RegionOrder> s_orders = new()
    {
        ["hottest"] = RegionOrder.Hottest,
        ["frequency"] = RegionOrder.Frequency,
        ["coldest"] = RegionOrder.Coldest,
        ["oldest"] = RegionOrder.Oldest,
        ["temperature"] = RegionOrder.Temperature,
    };

    internal static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Ranges in each list. Default: 10.", DefaultValueFactory = _ => 10, CustomParser = Number.Whole(1, int.MaxValue), HelpName = "N" };
        var sort = new Option<string[]>("--sort")
        {
            Description = "Lists: hottest (by bytes times heat), frequency, coldest, oldest, temperature; may be repeated. Default: hottest and coldest.",
            HelpName = "ORDER",
        };
        sort.AcceptOnlyFromAmong([.. s_orders.Keys]);
        Command command = ReportArguments.Create("regions", "Hottest and coldest ranges, since when, and what they are.", sort, count);
        CommandHelp.Of(command).WithExample("damon-trace report regions a.nettrace --sort oldest", "the ranges that have been alike for longest");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) =>
        {
            RegionsOptions options = ReportArguments.Select(parse, new RegionsOptions { Count = parse.GetValue(count) });
            if (parse.GetValue(sort) is { Length: > 0 } orders)
            {
                options = options with { Orders = [.. orders.Select(order => s_orders[order])] };
            }

            RegionsReport.Write(open, options, format, output, token);
        }, token));
        return command;
    }
}
