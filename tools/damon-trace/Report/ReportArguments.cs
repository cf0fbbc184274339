using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Input;
using Damon.Trace.Reports.Html;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Report;

/// <summary>Writes a report of a recording in one of the formats.</summary>
internal delegate void WriteReport(Func<IRecordingReader> open, ReportFormat format, TextWriter output);

/// <summary>Draws a report of a recording as SVG; false when there is nothing to draw.</summary>
internal delegate bool DrawReport(Func<IRecordingReader> open, bool dark, TextWriter output);

/// <summary>The options all reports have.</summary>
internal static class ReportArguments
{
    internal static readonly InputOption Input = new();

    private static readonly Option<ulong?> s_target = new("--target")
    {
        Description = "Only this target_id. Default: all.",
        CustomParser = Number.Nullable(0ul, ulong.MaxValue),
        HelpName = "N",
    };

    private static readonly Option<TimeRange?> s_timeRange = TimeRange.Option();
    private static readonly Option<ulong?> s_sample = Duration.Option(
        "--sample", "Sampling interval of a recording that does not say it (text of perf). Default: what the recording says.");
    private static readonly Option<ulong?> s_aggr = Duration.Option(
        "--aggr", "Aggregation interval of a recording that does not say it. Default: what the recording says.");
    private static readonly Option<string> s_time = CreateTime();
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document instead of text; docs/reports.md has its fields." };
    private static readonly Option<bool> s_csv = new("--csv") { Description = "Print one CSV table instead of text; docs/reports.md has its columns." };

    /// <summary>A report over one recording.</summary>
    internal static Command Create(string name, string description, params ReadOnlySpan<Option> own)
    {
        var command = new Command(name, description);
        Input.AddTo(command);
        AddCommon(command, own);
        return command;
    }

    /// <summary>Adds a report's own options and, after them, those all have.</summary>
    internal static void AddCommon(Command command, params ReadOnlySpan<Option> own)
    {
        foreach (Option option in (Option[])[.. own, s_target, s_timeRange, s_sample, s_aggr, ReportFile.Output, s_json, s_csv, s_time])
        {
            command.Options.Add(option);
        }

        var help = CommandHelp.Of(command);
        if (own.Length > 0)
        {
            help.WithGroup("This report", own.ToArray());
        }

        Option[] input = command.Options.Contains(Input.Option) ? [Input.Option] : [];
        help.WithGroup("Which part of which recording", [.. input, s_target, s_timeRange, s_sample, s_aggr])
            .WithGroup("Output", ReportFile.Output, s_json, s_csv, s_time);
        command.Validators.Add(result =>
        {
            if (result.GetValue(s_json) && result.GetValue(s_csv))
            {
                result.AddError("--json and --csv exclude each other");
            }
        });
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
            TextColumns = TerminalColumns(parse) ?? options.TextColumns,
        };
    }

    /// <summary>The format that was asked for; null when none was.</summary>
    internal static ReportFormat? Format(ParseResult parse) =>
        parse.GetValue(s_json) ? ReportFormat.Json : parse.GetValue(s_csv) ? ReportFormat.Csv : null;

    /// <summary>Opens the input and runs a report on it.</summary>
    internal static Task<int> Run(ParseResult parse, WriteReport write, CancellationToken token) => Run(parse, write, null, token);

    /// <summary>The same for a report that can be drawn.</summary>
    internal static Task<int> Run(ParseResult parse, WriteReport write, DrawReport? draw, CancellationToken token)
    {
        // What is asked for must be possible before a pipe is read for it.
        ReportFile.Check(parse, draw is not null);
        using var input = ReplayableInput.Open(Input.PathOf(parse), token);
        Func<IRecordingReader> open = input.Read;
        ReportFile.Write(
            parse,
            (format, output) => write(open, format, output),
            draw is null ? null : (dark, output) => draw(open, dark, output),
            output => HtmlReport.Write(open, Select(parse, new HtmlOptions { StaticOnly = ReportFile.IsStatic(parse) }), output, token));
        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>A terminal that is narrower folds the lines itself; null where there is none.</summary>
    private static int? TerminalColumns(ParseResult parse) =>
        ReportFile.PathOf(parse) is not null || Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, new ReportSelection().TextColumns);

    private static Option<string> CreateTime()
    {
        var option = new Option<string>("--time")
        {
            Description = "Times as wall clock (UTC) or relative to the start of the recording. Default: relative.",
            DefaultValueFactory = _ => "relative",
            HelpName = "wall|relative",
        };
        option.AcceptOnlyFromAmong("wall", "relative");
        return option;
    }
}
