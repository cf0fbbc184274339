using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Report;
using Damon.Trace.Exporters.Html;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace report</c>: look at a recording in the terminal.</summary>
internal static class ReportCommand
{
    private static readonly Option<string> s_input = InputOption.Create();
    private static readonly Option<ulong?> s_target = new("--target") { Description = "Only this target_id. Default: all.", HelpName = "N" };
    private static readonly Option<ulong?> s_sample = Interval("--sample", "Sampling interval, if the recording does not tell it (perf text).");
    private static readonly Option<ulong?> s_aggr = Interval("--aggr", "Aggregation interval, if the recording does not tell it.");

    internal static Command Create() => ReportFile.AddPage(
        new("report", "Show a recording in the terminal, or write it as a page or picture.") { Heatmap(), Wss(), Regions(), Summary() },
        parse => parse.GetValue(s_input)!,
        parse => new HtmlOptions { TargetId = parse.GetValue(s_target), Known = Known(parse) },
        s_input, s_target, s_sample, s_aggr);

    private static Command Heatmap()
    {
        var resolution = new Option<string?>("--resolution") { Description = "Size in characters. Default: 64x24.", HelpName = "COLSxROWS" };
        var color = new Option<string>("--color") { Description = "Colours: auto, always or never.", DefaultValueFactory = _ => "auto" };
        color.AcceptOnlyFromAmong("auto", "always", "never");
        var command = new Command("heatmap", "Heat over time and address, in Hz and per cent.") { s_input, s_target, s_sample, s_aggr, resolution, color };
        ReportFile.AddPicture(command);
        command.SetAction((parse, token) => Run(parse, input =>
        {
            HeatmapOptions options = new()
            {
                TargetId = parse.GetValue(s_target),
                Known = Known(parse),
                Colour = WantsColour(parse.GetValue(color)!),
            };
            if (parse.GetValue(resolution) is string text)
            {
                (int columns, int rows) = HeatmapOptions.ParseResolution(text)
                    ?? throw new UserErrorException($"'{text}' is not a resolution", "use COLSxROWS, e.g. 64x24", ExitCode.Usage);
                options = options with { Columns = columns, Rows = rows };
            }

            if (!ReportFile.TryHeatmap(parse, input.Read, options, token))
            {
                HeatmapReport.Write(input.Read, options, parse.InvocationConfiguration.Output, token);
            }
        }));
        return command;
    }

    private static Command Wss()
    {
        var threshold = new Option<uint>("--threshold")
        {
            Description = "Least nr_accesses of a region that belongs to the working set. Default: 1.",
            DefaultValueFactory = _ => 1,
            HelpName = "N",
        };
        var skip = new Option<int>("--skip") { Description = "Snapshots to leave out at the begin, while regions adapt. Default: 0 (damo: 20).", HelpName = "N" };
        var command = new Command("wss", "Distribution of the working set size over time.") { s_input, threshold, skip };
        ReportFile.AddPicture(command);
        command.SetAction((parse, token) => Run(parse, input =>
        {
            if (ReportFile.TryWss(parse, input.Read, targetId: null, token))
            {
                return;
            }

            var options = new WssOptions { AccessThreshold = parse.GetValue(threshold), SkipSnapshots = parse.GetValue(skip) };
            using var reader = input.Read();
            reader.Read(new WssReport(options, parse.InvocationConfiguration.Output), token);
        }));
        return command;
    }

    private static Command Regions()
    {
        var count = new Option<int>("--count") { Description = "Ranges in each list. Default: 10.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var command = new Command("regions", "Hottest and coldest ranges with the names of their mappings.") { s_input, s_target, s_sample, s_aggr, count };
        command.SetAction((parse, token) => Run(parse, input => RegionsReport.Write(
            input.Read,
            new RegionsOptions { Count = parse.GetValue(count), TargetId = parse.GetValue(s_target), Known = Known(parse) },
            parse.InvocationConfiguration.Output,
            token)));
        return command;
    }

    private static Command Summary()
    {
        var command = new Command("summary", "What was recorded, how, and what to doubt, on one screen.") { s_input, s_sample, s_aggr };
        command.SetAction((parse, token) => Run(parse, input =>
        {
            using var reader = input.Read();
            reader.Read(new SummaryReport(Known(parse), parse.InvocationConfiguration.Output), token);
        }));
        return command;
    }

    private static Task<int> Run(ParseResult parse, Action<ReplayableInput> report)
    {
        using ReplayableInput input = ReplayableInput.Open(parse.GetValue(s_input)!);
        report(input);
        return Task.FromResult(ExitCode.Ok);
    }

    private static KnownIntervals Known(ParseResult parse) => new(parse.GetValue(s_sample), parse.GetValue(s_aggr));

    private static bool WantsColour(string choice) => choice switch
    {
        "always" => true,
        "never" => false,
        _ => ReportColour.IsWanted(!Console.IsOutputRedirected, Environment.GetEnvironmentVariable("NO_COLOR")),
    };

    private static Option<ulong?> Interval(string name, string description) =>
        new(name) { Description = description, CustomParser = Duration.ParseUs, HelpName = "TIME" };
}
