using System.CommandLine;
using Damon.Trace.Exporters.Reports.Compare;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report compare A B</c>.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var a = new Argument<string>("A") { Description = "The recording before; any format." };
        var b = new Argument<string>("B") { Description = "The recording after; any format." };
        var count = new Option<int>("--count") { Description = "Names and ranges that are listed. Default: 10.", DefaultValueFactory = _ => 10, HelpName = "N" };
        var command = new Command("compare", "What changed from one recording to another.") { a, b };
        ReportArguments.AddCommon(command, count);
        command.SetAction((parse, token) =>
        {
            using ReplayableInput before = ReplayableInput.Open(parse.GetValue(a)!);
            using ReplayableInput after = ReplayableInput.Open(parse.GetValue(b)!);
            CompareOptions options = ReportArguments.Select(parse, new CompareOptions { Count = parse.GetValue(count) });
            CompareReport.Write(before.Read, after.Read, options, ReportArguments.Format(parse), parse.InvocationConfiguration.Output, token);
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }
}
