using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Commands;
using Damon.Trace.Cli.Export;
using Damon.Trace.Cli.Help;
using Damon.Trace.Cli.Input;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Schemes;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli;

/// <summary>Runs a command and turns what the user can put right into one line and a hint.</summary>
internal static class CommandLine
{
    internal const string UnknownOption = "unknown option ";

    private const int OutputBufferBytes = 1 << 16;
    private const string NoThread = "there is no more memory, or no further thread, to be had";
    private const string NoThreadHint = "see ulimit -v and -u, and memory.max and pids.max of the control group";

    /// <summary>Runs a command on this thread, with the process's own output and error.</summary>
    internal static int Run(string[] arguments, CancellationToken cancellation)
    {
        // Not disposed: what could not be written was told, and must not be tried again.
        var output = new StreamWriter(new StandardOutputStream(), new UTF8Encoding(false), OutputBufferBytes) { NewLine = "\n" };
        return RunAsync(CommandTree.Root, arguments, output, Console.Error, cancellation).GetAwaiter().GetResult();
    }

    /// <summary>Runs a command; what it writes has reached the output when it returns.</summary>
    internal static async Task<int> RunAsync(
        RootCommand root, string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        try
        {
            RefuseWhatIsNotText(arguments);
            string[] expanded = ConfigFile.Expand(root, arguments);
            ParseResult parse = root.Parse(expanded);
            var configuration = new CommandInvocation
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                ReadAgain = ReferenceEquals(expanded, arguments) ? null : () => ThrowMistake(root.Parse(ConfigFile.Expand(root, arguments, isAgain: true))),
            };
            if (IsGroupAlone(parse))
            {
                HelpText.Write(parse.CommandResult.Command, output);
                await output.FlushAsync(CancellationToken.None);
                return ExitCode.Usage;
            }

            int exitCode = await ThrowMistake(parse).InvokeAsync(configuration, cancellation);
            await output.FlushAsync(CancellationToken.None);
            return exitCode;
        }
        catch (OutputException broken) when (BrokenPipe.Is(broken))
        {
            // head has seen enough: that is how a pipeline ends.
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Interruption.ExitCode;
        }
        catch (Exception problem)
        {
            return Report(problem, error);
        }
    }

    /// <summary>Where an argument is not UTF-8 the runtime has put U+FFFD, and the file that was meant is not known any more.</summary>
    private static void RefuseWhatIsNotText(string[] arguments)
    {
        if (Array.Find(arguments, argument => argument.Contains('\uFFFD', StringComparison.Ordinal)) is { } argument)
        {
            throw new UserErrorException(
                $"'{argument}' is not UTF-8", "use pipes for files of such names: -i - < FILE, -o - > FILE", ExitCode.Usage);
        }

        if (Array.Exists(arguments, argument => argument.Length == 0) && Array.IndexOf(arguments, "--") < 0)
        {
            throw new UserErrorException("an argument is empty", "a variable of the shell may be unset", ExitCode.Usage);
        }
    }

    /// <summary>Naming only a group of commands is no mistake but a question: its help is the answer.</summary>
    private static bool IsGroupAlone(ParseResult parse) =>
        parse.Errors.Count > 0 && parse.UnmatchedTokens.Count == 0 && parse.CommandResult.Command is { Action: null, Subcommands.Count: > 0 };

    private static bool HasMistake(ParseResult parse) =>
        (parse.Errors.Count > 0 || UnknownOptionOf(parse) is not null) && parse.Action is not GroupedHelp;

    /// <summary>The parser takes an option it does not know for an argument; behind -- it is one.</summary>
    private static string? UnknownOptionOf(ParseResult parse) => parse.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parse.CommandResult.Children.OfType<ArgumentResult>().Select(argument => argument.Tokens.Count > 0 ? argument.Tokens[0].Value : "")
            .FirstOrDefault(value => value is ['-', _, ..]);

    /// <summary>The option before one that is known: it was given nothing, as by <c>-p $(pidof NAME)</c> where there is no such process.</summary>
    private static string? OptionWithoutValue(ParseResult parse, string known)
    {
        if (!NamesFor(parse.CommandResult.Command, known).Contains(known))
        {
            return null;
        }

        int index = parse.Tokens.ToList().FindIndex(token => token.Value == known);
        return index > 0 && parse.Tokens[index - 1].Type == TokenType.Option ? parse.Tokens[index - 1].Value : null;
    }

    private static ParseResult ThrowMistake(ParseResult parse) => HasMistake(parse) ? throw MistakeOf(parse) : parse;

    private static UserErrorException MistakeOf(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string help = $"'{HelpText.FullName(command)} --help' lists what there is";
        string? mistyped = UnknownOptionOf(parse);
        if (mistyped is not null || parse.UnmatchedTokens.Count == 0)
        {
            string message = mistyped is null ? FirstError(parse) : $"{UnknownOption}'{mistyped}'";
            string? option = message.StartsWith(UnknownOption, StringComparison.Ordinal) ? message[UnknownOption.Length..].Trim('\'') : null;
            if (option is not null && OptionWithoutValue(parse, option) is { } empty)
            {
                return new UserErrorException($"option '{empty}' needs a value", $"what the shell put there may have been nothing; {help}", ExitCode.Usage);
            }

            string? similar = option is null ? null : Suggestion.Of(option, NamesFor(command, option));
            return new UserErrorException(message, similar is null ? help : $"{similar} {help}", ExitCode.Usage);
        }

        // What was not understood explains the rest: a mistyped option leaves a required one missing.
        string unknown = parse.UnmatchedTokens[0];
        string? meant = Suggestion.Of(unknown, NamesFor(command, unknown)) ?? ProcessMeant(command, unknown);
        return new UserErrorException($"unknown command or option '{unknown}'", meant is null ? help : $"{meant} {help}", ExitCode.Usage);
    }

    /// <summary>A command that looks at processes takes what is no option for one that was meant.</summary>
    private static string? ProcessMeant(Command command, string unknown) =>
        unknown.StartsWith('-') || !command.Options.Any(static option => option.Aliases.Contains("-n") && option.HelpName == "NAME") ? null
        : unknown.All(char.IsAsciiDigit) ? $"for the process of that id use -p {unknown};"
        : $"for a process of that name use -n {unknown};";

    /// <summary>Names that could stand in the place of an unknown one.</summary>
    internal static IEnumerable<string> NamesFor(Command command, string unknown) => unknown.StartsWith('-')
        ? command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name))
        : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    private static string FirstError(ParseResult parse)
    {
        string message = parse.Errors[0].Message.TrimEnd('.');
        return char.ToLowerInvariant(message[0]) + message[1..];
    }

    private static int Report(Exception problem, TextWriter error) => problem switch
    {
        DamonTraceException known => Explain(error, known.Message, known.Hint ?? HintFor(known), ExitCodeOf(known)),
        UnauthorizedAccessException => Explain(error, problem.Message, "check the file's permissions", ExitCode.OutputFailed),
        IOException => Explain(error, problem.Message, OutputHint(problem), ExitCode.OutputFailed),
        AggregateException { InnerExceptions: [{ } only] } => Report(only, error),

        // What a thread that cannot be begun throws, too.
        OutOfMemoryException => Explain(error, NoThread, NoThreadHint, ExitCode.NoAccessCheck),
        _ => Bug(error, problem),
    };

    /// <summary>Before a command has begun; past the console, which would begin a thread.</summary>
    internal static int ExplainNoThread()
    {
        _ = Fcntl.Write(2, Encoding.ASCII.GetBytes($"damon-trace: {NoThread}\nhint: {NoThreadHint}\n"));
        return ExitCode.NoAccessCheck;
    }

    private static int ExitCodeOf(DamonTraceException problem) => problem switch
    {
        UserErrorException user => user.ExitCode,
        TargetUnavailableException => ExitCode.TargetGone,
        RecordingFormatException or InputException or SchemeException => ExitCode.BadInput,
        AccessCheckUnavailableException or AccessSamplerUnavailableException or KernelDamonException or ProviderUnavailableException => ExitCode.NoAccessCheck,
        _ => ExitCode.OutputFailed,
    };

    /// <summary>Where the library has none: the command line knows what could be asked for instead.</summary>
    private static string? HintFor(DamonTraceException problem) => problem switch
    {
        RecordingFormatException => "recordings are .nettrace, perf.data, the text of perf script, our Parquet and damo's files",
        OutputException => OutputHint(problem),
        _ => null,
    };

    private static string OutputHint(Exception problem)
    {
        const int ENOSPC = 28;
        return problem.HResult == ENOSPC ? "make room, or write to another disk" : "write to another file or directory with -o";
    }

    /// <summary>One line each, whatever a name or a message of the system has in it.</summary>
    private static int Explain(TextWriter error, string message, string? hint, int exitCode)
    {
        error.WriteLine($"damon-trace: {HumanText.OneLine(message)}");
        if (hint is not null)
        {
            error.WriteLine($"hint: {HumanText.OneLine(hint)}");
        }

        return exitCode;
    }

    private static int Bug(TextWriter error, Exception problem)
    {
        error.WriteLine($"damon-trace: unexpected error, please report it: {problem}");
        return ExitCode.Bug;
    }
}
