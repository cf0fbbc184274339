using System.CommandLine;
using Damon.Trace.Cli.Commands;

namespace Damon.Trace.Cli.Tests;

/// <summary>A command run inside the test process: exit code and what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        var root = new RootCommand
        {
            RecordCommand.Create(), ScriptCommand.Create(), ExportCommand.Create(), ReportCommand.Create(), LiveCommand.Create(),
            TuneCommand.Create(), KernelCommand.Create(),
            DoctorCommand.Create(),
        };
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await CommandLine.RunAsync(root, arguments, output, error);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }
}
