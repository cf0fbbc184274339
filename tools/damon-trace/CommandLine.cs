using System.CommandLine;
using System.CommandLine.Parsing;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli;

/// <summary>Runs a command and turns what the user can put right into one line and a hint.</summary>
internal static class CommandLine
{
    // Long enough to flush a recording to a slow disk after Ctrl-C; the recording's own deadlines are shorter.
    private static readonly TimeSpan s_terminationTimeout = TimeSpan.FromSeconds(15);

    internal static async Task<int> RunAsync(RootCommand root, string[] arguments, TextWriter output, TextWriter error)
    {
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = s_terminationTimeout,
        };
        try
        {
            ParseResult parse = root.Parse(arguments);
            return HasMistake(parse) ? ExplainMistake(parse, error) : await parse.InvokeAsync(configuration);
        }
        catch (Exception problem)
        {
            return Report(problem, error);
        }
    }

    /// <summary>Naming only a group of commands is no mistake but a question: its help is the answer.</summary>
    private static bool HasMistake(ParseResult parse) =>
        parse.Errors.Count > 0 && (parse.UnmatchedTokens.Count > 0 || parse.CommandResult.Command.Subcommands.Count == 0);

    private static int ExplainMistake(ParseResult parse, TextWriter error)
    {
        // What was not understood explains the rest: a mistyped option leaves a required one missing.
        string message = parse.UnmatchedTokens.Count > 0 ? $"unknown command or option '{parse.UnmatchedTokens[0]}'" : FirstError(parse);
        var names = new List<string>();
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = command.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "damon-trace" : command.Command.Name);
        }

        return Explain(error, message, $"'{string.Join(' ', names)} --help' lists what there is", ExitCode.Usage);
    }

    private static string FirstError(ParseResult parse)
    {
        string message = parse.Errors[0].Message.TrimEnd('.');
        return char.ToLowerInvariant(message[0]) + message[1..];
    }

    private static int Report(Exception problem, TextWriter error) => problem switch
    {
        UserErrorException user => Explain(error, user.Message, user.Hint, user.ExitCode),
        TargetUnavailableException target => Explain(error, target.Message, target.Hint, ExitCode.TargetGone),
        KernelDamonException kernel => Explain(error, kernel.Message, kernel.Hint, ExitCode.NoAccessCheck),
        ProviderUnavailableException provider => Explain(error, provider.Message, provider.Hint, ExitCode.NoAccessCheck),
        RecordingFormatException format => Explain(error, format.Message, null, ExitCode.BadInput),
        FileNotFoundException or DirectoryNotFoundException => Explain(error, problem.Message, null, ExitCode.BadInput),
        UnauthorizedAccessException => Explain(error, problem.Message, "check the file's permissions", ExitCode.OutputFailed),
        IOException => Explain(error, problem.Message, null, ExitCode.OutputFailed),
        _ => Bug(error, problem),
    };

    private static int Explain(TextWriter error, string message, string? hint, int exitCode)
    {
        error.WriteLine($"damon-trace: {message}");
        if (hint is not null)
        {
            error.WriteLine($"hint: {hint}");
        }

        return exitCode;
    }

    private static int Bug(TextWriter error, Exception problem)
    {
        error.WriteLine($"damon-trace: unexpected error, please report it: {problem}");
        return ExitCode.Bug;
    }
}
