using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report who</c>.</summary>
internal static class WhoReportCommand
{
    private static readonly Option<int> s_hottest = new("--hottest")
    {
        Description = "The hottest ranges of each target; what is accessed elsewhere is summed up. Default: 5.",
        CustomParser = Number.Whole(1, 1000),
        DefaultValueFactory = _ => 5,
        HelpName = "N",
    };

    private static readonly Option<AddressRange[]?> s_range = AddressRangeOption.CreateSeveral();

    private static readonly Option<int> s_count = new("--count")
    {
        Description = "Functions that are listed for a range. Default: 10.",
        CustomParser = Number.Whole(1, int.MaxValue),
        DefaultValueFactory = _ => 10,
        HelpName = "N",
    };

    private static readonly Option<bool> s_folded = new("--folded")
    {
        Description = "Print stacks in one line each, for flame graphs; counts are millionths of all samples.",
    };

    internal static Command Create()
    {
        Command command = ReportArguments.Create(
            "who", "Which functions and threads accessed the hottest ranges, and how much of it wrote: of a recording with --who.",
            s_hottest, s_range, s_count, s_folded);
        CommandHelp.Of(command)
            .WithExample("damon-trace report who a.nettrace", "who accessed the hottest ranges")
            .WithExample("damon-trace report who a.nettrace --folded > who.folded", "then flamegraph.pl who.folded > who.svg");
        command.SetAction((parse, token) => ReportArguments.Run(parse, (open, format, output) =>
        {
            AccessesOptions options = ReportArguments.Select(parse, new AccessesOptions
            {
                Hottest = parse.GetValue(s_hottest),
                Ranges = [.. (parse.GetValue(s_range) ?? []).Select(static range => (range.Start, range.End))],
                Count = parse.GetValue(s_count),
            });
            if (parse.GetValue(s_folded))
            {
                AccessesReport.WriteFolded(open, options, output, token);
            }
            else
            {
                AccessesReport.Write(open, options, format, output, token);
            }
        }, token));
        return command;
    }
}
