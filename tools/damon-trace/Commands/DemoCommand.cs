using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Commands;

/// <summary>
/// <c>damon-trace demo</c>: records a process whose accesses are known, and shows what was found. Every step is a command that anybody can run,
/// and is printed before it runs.
/// </summary>
internal static class DemoCommand
{
    private static readonly Argument<int> s_seconds = new("SECONDS")
    {
        Description = "How long to record, 3 to 600 seconds. Default: 10.",
        DefaultValueFactory = _ => 10,
        CustomParser = Number.Whole(3, 600),
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal static Command Create()
    {
        var command = new Command("demo", "Record a process with known accesses for some seconds, and show what was found.") { s_seconds };
        CommandHelp.Of(command)
            .WithExample("damon-trace demo", "ten seconds; as an ordinary user, too")
            .WithExample("sudo damon-trace demo 30", "page by page, for half a minute");
        command.SetAction((parse, token) => RunAsync(parse.GetValue(s_seconds), parse.InvocationConfiguration, token));
        return command;
    }

    private static async Task<int> RunAsync(int seconds, InvocationConfiguration configuration, CancellationToken token)
    {
        string folder = Directory.CreateTempSubdirectory("damon-trace-demo-").FullName;
        string recording = Path.Combine(folder, "demo.nettrace");
        string page = Path.Combine(folder, "demo.html");
        using Process target = StartTarget(seconds);
        using IDisposable leaving = Interruption.BeforeLeaving(target.Kill);
        try
        {
            await configuration.Output.WriteLineAsync(
                $"Process {target.Id} holds {DemoTargetCommand.AllMib} MiB and uses {DemoTargetCommand.HotMib} MiB of them all the time,\n"
                + $"other ones in each quarter of the {seconds} seconds.");
            string pid = target.Id.ToString(CultureInfo.InvariantCulture);
            string[][] steps =
            [
                ["record", "-p", pid, "--duration", $"{seconds}s", "--cpu-budget", "20%", "-o", recording],
                ["report", "heatmap", recording],
                ["report", "regions", recording, "--count", "4"],
                ["report", recording, "-o", page],
            ];
            foreach (string[] step in steps)
            {
                int exitCode = await StepAsync(step, configuration, token);
                if (exitCode != ExitCode.Ok)
                {
                    return exitCode;
                }
            }
        }
        finally
        {
            target.Kill();
            await target.WaitForExitAsync(CancellationToken.None);
        }

        await configuration.Output.WriteLineAsync($"\nIt left: {recording}\n         {page}, for a browser\nNext: damon-trace record -p PID, damon-trace doctor");
        return ExitCode.Ok;
    }

    private static async Task<int> StepAsync(string[] step, InvocationConfiguration configuration, CancellationToken token)
    {
        await configuration.Output.WriteLineAsync($"\n$ damon-trace {string.Join(' ', step)}");
        await configuration.Output.FlushAsync(token);
        return await CommandLine.RunAsync(CommandTree.Root, step, configuration.Output, configuration.Error, token);
    }

    /// <summary>This program once more; it says on its stdout when its memory is there.</summary>
    private static Process StartTarget(int seconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [DemoTargetCommand.Name, (seconds / 4.0).ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process target = Process.Start(start)!;
        _ = target.StandardOutput.ReadLine();
        return target;
    }
}
