using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Export;
using Damon.Trace.Cli.Help;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace script</c>: print a recording as <c>perf script</c> prints it.</summary>
internal static class ScriptCommand
{
    private static readonly InputOption s_input = new();
    private static readonly Option<string> s_perfCompat = PerfCompatOption.Create();
    private static readonly Option<bool> s_nanoseconds = new("--ns") { Description = "Print times with nanoseconds, as perf script --ns." };
    private static readonly Option<bool> s_allEvents = new("--all-events")
    {
        Description = "Print damon_monitor_intervals_tune and what schemes did (damos_*) as well, as perf does when it recorded 'damon:*'.",
    };

    internal static Command Create()
    {
        var command = new Command("script", "Print a recording as perf script prints it.");
        s_input.AddTo(command);
        foreach (Option option in (Option[])[s_nanoseconds, s_perfCompat, s_allEvents])
        {
            command.Add(option);
        }

        CommandHelp.Of(command)
            .WithExample("damon-trace script a.nettrace | head -3", "the first lines")
            .WithExample("damon-trace script -i - < perf.data", "from a pipe, whatever the format");
        command.SetAction((parse, token) =>
        {
            var options = new PerfScriptOptions
            {
                Compat = PerfCompatOption.Parse(parse.GetValue(s_perfCompat)!),
                Nanoseconds = parse.GetValue(s_nanoseconds),
                AllEvents = parse.GetValue(s_allEvents),
            };
            return Task.FromResult(ScriptRun.Run(s_input.PathOf(parse), options, parse.InvocationConfiguration.Error, token));
        });
        return command;
    }
}
