using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Input;
using Damon.Trace.Exporters.Reports.Compare;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report compare A B</c>.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var a = new Argument<string>("A") { Description = "The recording before; any format." };
        var b = new Argument<string>("B") { Description = "The recording after; any format." };
        var count = new Option<int>("--count")
        {
            Description = "Names and ranges that are listed. Default: 10.",
            DefaultValueFactory = _ => 10,
            CustomParser = Number.Whole(1, int.MaxValue),
            HelpName = "N",
        };
        var command = new Command("compare", "What changed from one recording to another.") { a, b };
        ReportArguments.AddCommon(command, count);
        CommandHelp.Of(command).WithExample("damon-trace report compare before.nettrace after.nettrace", "what got hotter, colder, larger");
        command.SetAction((parse, token) =>
        {
            ReportFile.Write(parse, (format, output) =>
            {
                using var before = ReplayableInput.Open(parse.GetValue(a)!, token);
                using var after = ReplayableInput.Open(parse.GetValue(b)!, token);
                CompareOptions options = ReportArguments.Select(parse, new CompareOptions { Count = parse.GetValue(count) });
                CompareReport.Write(before.Read, after.Read, options, format, output, token);
            });
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
