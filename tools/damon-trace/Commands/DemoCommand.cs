using System.CommandLine;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace demo</c>: the launcher of the source tree has it, because the process it records is built from there.</summary>
internal static class DemoCommand
{
    internal static Command Create()
    {
        var command = new Command("demo", "Record a process with known accesses for some seconds and show it (in a clone of the sources).")
        {
            new Argument<string?>("SECONDS") { Description = "How long. Default: 8.", Arity = ArgumentArity.ZeroOrOne },
        };
        command.SetAction((Action<ParseResult>)(_ => throw new UserErrorException(
            "the demo is part of the source tree", "run ./damon-trace demo in a clone of the repository", ExitCode.Usage)));
        return command;
    }
}
