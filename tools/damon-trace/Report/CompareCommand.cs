using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Input;
using Damon.Trace.Reports.Compare;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Reports.WorkingSets;

namespace Damon.Trace.Cli.Report;

/// <summary><c>report compare A B</c>.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var a = new Argument<string>("A") { Description = "The recording before, any format, or a working set." };
        var b = new Argument<string>("B") { Description = "The recording after, any format, or a working set." };
        var count = new Option<int>("--count")
        {
            Description = "Names and ranges that are listed. Default: 10.",
            DefaultValueFactory = _ => 10,
            CustomParser = Number.Whole(1, int.MaxValue),
            HelpName = "N",
        };
        var command = new Command("compare", "What changed from one recording to another.") { a, b };
        ReportArguments.AddCommon(command, count);
        CommandHelp.Of(command).WithExample("damon-trace report compare before.nettrace after.nettrace", "what got hotter, colder, larger")
            .WithExample("damon-trace report compare a.workingset b.workingset", "how many touched pages are the same");
        command.SetAction((parse, token) =>
        {
            (string pathA, string pathB) = (parse.GetValue(a)!, parse.GetValue(b)!);
            CompareOptions options = ReportArguments.Select(parse, new CompareOptions { Count = parse.GetValue(count) });
            if (AreWorkingSets(pathA, pathB))
            {
                WorkingSetDocument setA = WorkingSetInput.Read(pathA);
                WorkingSetDocument setB = WorkingSetInput.Read(pathB);
                ReportFile.Write(parse, (format, output) => OverlapReport.Write(setA, pathA, setB, pathB, options, format, output));
                return Task.FromResult(ExitCode.Ok);
            }

            ReportFile.Write(parse, (format, output) =>
            {
                using var before = ReplayableInput.Open(pathA, token);
                using var after = ReplayableInput.Open(pathB, token);
                CompareReport.Write(before.Read, after.Read, options, format, output, token);
            });
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static bool AreWorkingSets(string a, string b)
    {
        (bool isA, bool isB) = (WorkingSetInput.IsWorkingSet(a), WorkingSetInput.IsWorkingSet(b));
        return isA == isB
            ? isA
            : throw new UserErrorException(
                $"'{(isA ? a : b)}' is a working set, '{(isA ? b : a)}' is not", "compare two working sets, or two recordings", ExitCode.BadInput);
    }
}
