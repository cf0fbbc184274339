namespace Damon.Trace.Cli.Tests;

/// <summary>damon-trace in a line of bash, for pipes, redirections and what else only a shell sets up.</summary>
internal static class Bash
{
    /// <summary>Starts a line in which <c>$tool</c> is damon-trace and <c>$1</c>, <c>$2</c>, ... are the arguments.</summary>
    internal static ToolProcess Start(string line, params string[] arguments) =>
        ToolProcess.Start("bash", ["-c", $"tool='{Repository.Program("damon-trace")}'; {line}", "bash", .. arguments]);

    /// <summary>Runs a line to its end.</summary>
    internal static CommandRun Run(string line, params string[] arguments)
    {
        using ToolProcess shell = Start(line, arguments);
        return shell.Wait();
    }
}
