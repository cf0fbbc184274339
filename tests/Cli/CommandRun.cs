using Damon.Trace.Cli.Commands;

namespace Damon.Trace.Cli.Tests;

/// <summary>A command run inside the test process, or as one of its own where another damon-trace is tested: exit code and what it printed.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    internal static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        if (Repository.OtherProgram is { Length: > 0 })
        {
            return ToolProcess.Run(arguments);
        }

        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await CommandLine.RunAsync(CommandTree.Root, arguments, output, error);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>A mistake is one line and a hint, whatever else was said before.</summary>
    internal void AssertMistake(int exitCode, string message)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, not {exitCode}: {Error}");
        string[] lines = Error.TrimEnd().Split('\n');
        Assert.True(lines.Length == 2, Error);
        Assert.StartsWith("damon-trace: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(message, lines[0], StringComparison.Ordinal);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }
}
