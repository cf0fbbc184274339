using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Reports.Wss;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report wss</c>.</summary>
internal static class WssCommand
{
    internal static Command Create()
    {
        var threshold = new Option<uint>("--threshold")
        {
            Description = "Least nr_accesses of a region that belongs to the working set. Default: 1.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        var skip = new Option<int>("--skip")
        {
            Description = "Snapshots to leave out at the begin, while regions adapt. Default: 0 (damo: 20).",
            HelpName = "N",
        };
        var workTime = new Option<ulong?>("--work-time")
        {
            Description = "Join snapshots until they cover this time, as damo does. Default: every snapshot for itself.",
            CustomParser = Duration.ParseUs,
            HelpName = "TIME",
        };
        var sort = new Option<string>("--sort")
        {
            Description = "size: percentiles; time: over time. Default: size.",
            DefaultValueFactory = _ => "size",
            HelpName = "size|time",
        };
        sort.AcceptOnlyFromAmong("size", "time");
        var overTime = new Option<bool>("--over-time") { Description = "The same as --sort time." };
        var together = new Option<bool>("--together") { Description = "All targets added up, as damo does by default; else each for itself." };
        Option<int[]> percentiles = Percentiles.Option();
        Command command = ReportArguments.Create(
            "wss", "Working set size: its distribution, or over time.", threshold, skip, workTime, sort, overTime, together, percentiles);
        ReportFile.AddPicture(command);
        command.SetAction((parse, token) => ReportArguments.Run(parse, open =>
        {
            WssOptions options = ReportArguments.Select(parse, new WssOptions
            {
                AccessThreshold = parse.GetValue(threshold),
                SkipSnapshots = parse.GetValue(skip),
                WorkTimeUs = parse.GetValue(workTime) ?? 1,
                Together = parse.GetValue(together),
                OverTime = parse.GetValue(overTime) || parse.GetValue(sort) == "time",
                Percentiles = parse.GetValue(percentiles)!,
            });
            if (!ReportFile.TryWss(parse, open, options, token))
            {
                WssReport.Write(open, options, ReportArguments.Format(parse), parse.InvocationConfiguration.Output, token);
            }
        }));
        return command;
    }
}
