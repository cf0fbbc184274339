using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Cli.Report;

/// <summary>The options all reports have.</summary>
internal static class ReportArguments
{
    internal static readonly Option<string> Input = InputOption.Create();

    private static readonly Option<ulong?> s_target = new("--target") { Description = "Only this target_id. Default: all.", HelpName = "N" };
    private static readonly Option<TimeRange?> s_timeRange = TimeRange.Option();
    private static readonly Option<ulong?> s_sample = Interval("--sample", "Sampling interval, if the recording does not tell it (perf text).");
    private static readonly Option<ulong?> s_aggr = Interval("--aggr", "Aggregation interval, if the recording does not tell it.");
    private static readonly Option<string> s_time = CreateTime();
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document instead of text; docs/reports.md has its fields." };
    private static readonly Option<bool> s_csv = new("--csv") { Description = "Print one CSV table instead of text; docs/reports.md has its columns." };

    /// <summary>A report over one recording.</summary>
    internal static Command Create(string name, string description, params ReadOnlySpan<Option> own)
    {
        var command = new Command(name, description) { Input };
        AddCommon(command, own);
        return command;
    }

    /// <summary>Adds a report's own options and, after them, those all have.</summary>
    internal static void AddCommon(Command command, params ReadOnlySpan<Option> own)
    {
        foreach (Option option in own)
        {
            command.Options.Add(option);
        }

        foreach (Option option in new Option[] { s_target, s_timeRange, s_time, s_sample, s_aggr, s_json, s_csv })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(s_json) && result.GetValue(s_csv))
            {
                result.AddError("--json and --csv exclude each other");
            }
        });
    }

    /// <summary>Adds the input and what selects a part of it, to a report that is a file.</summary>
    internal static void AddSelection(Command command)
    {
        foreach (Option option in new Option[] { Input, s_target, s_timeRange, s_sample, s_aggr })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Fills in what all reports select by.</summary>
    internal static T Select<T>(ParseResult parse, T options)
        where T : ReportSelection
    {
        TimeRange range = parse.GetValue(s_timeRange) ?? TimeRange.All;
        return options with
        {
            TargetId = parse.GetValue(s_target),
            FromNs = range.FromNs,
            ToNs = range.ToNs,
            FromWallNs = range.FromWallNs,
            ToWallNs = range.ToWallNs,
            Known = new KnownIntervals(parse.GetValue(s_sample), parse.GetValue(s_aggr)),
            WallTime = parse.GetValue(s_time) == "wall",
        };
    }

    internal static ReportFormat Format(ParseResult parse) =>
        parse.GetValue(s_json) ? ReportFormat.Json : parse.GetValue(s_csv) ? ReportFormat.Csv : ReportFormat.Text;

    /// <summary>Opens the input and runs a report on it.</summary>
    internal static Task<int> Run(ParseResult parse, Action<Func<IRecordingReader>> report)
    {
        using ReplayableInput input = ReplayableInput.Open(parse.GetValue(Input)!);
        report(input.Read);
        return Task.FromResult(ExitCode.Ok);
    }

    private static Option<ulong?> Interval(string name, string description) =>
        new(name) { Description = description, CustomParser = Duration.ParseUs, HelpName = "TIME" };

    private static Option<string> CreateTime()
    {
        var option = new Option<string>("--time")
        {
            Description = "Times as wall clock (UTC) or relative to the begin of the recording. Default: relative.",
            DefaultValueFactory = _ => "relative",
            HelpName = "wall|relative",
        };
        option.AcceptOnlyFromAmong("wall", "relative");
        return option;
    }
}
