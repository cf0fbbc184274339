using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Pictures;
using Damon.Trace.Reports.Wss;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report wss</c>.</summary>
internal static class WssCommand
{
    internal static Command Create()
    {
        var threshold = new Option<uint>("--threshold")
        {
            Description = "Minimum nr_accesses of a region that belongs to the working set. Default: 1.",
            DefaultValueFactory = _ => 1,
            CustomParser = Number.Whole(0u, uint.MaxValue),
            HelpName = "N",
        };
        var skip = new Option<int>("--skip")
        {
            Description = "Snapshots to leave out at the start, while regions adapt. Default: 0 (damo: 20).",
            CustomParser = Number.Whole(0, int.MaxValue),
            HelpName = "N",
        };
        Option<ulong?> workTime = Duration.Option(
            "--work-time", "Join snapshots until they cover this time, as damo does. Default: every snapshot for itself.");
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
        CommandHelp.Of(command).WithExample("damon-trace report wss a.nettrace", "percentiles of the working set size")
            .WithExample("damon-trace report wss a.nettrace -o wss.svg", "working set and memory held over time, as a picture");
        WssOptions Options(ParseResult parse) => ReportArguments.Select(parse, new WssOptions
        {
            AccessThreshold = parse.GetValue(threshold),
            SkipSnapshots = parse.GetValue(skip),
            WorkTimeUs = parse.GetValue(workTime) ?? 1,
            Together = parse.GetValue(together),
            OverTime = parse.GetValue(overTime) || parse.GetValue(sort) == "time",
            Percentiles = parse.GetValue(percentiles)!,
        });

        command.SetAction((parse, token) => ReportArguments.Run(
            parse,
            (open, format, output) => WssReport.Write(open, Options(parse), format, output, token),
            (open, dark, output) =>
            {
                WssOptions options = Options(parse);
                return options.SkipSnapshots > 0 || options.WorkTimeUs > 1 || options.Together
                    ? throw new UserErrorException(
                        "a picture shows every snapshot of every target", "leave out --skip, --work-time and --together", ExitCode.Usage)
                    : Still.Wss(open, options, dark, output, token);
            },
            token));
        return command;
    }
}
