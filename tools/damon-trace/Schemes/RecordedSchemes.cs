using System.CommandLine;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary>The options of <c>record</c> that let schemes act while it records.</summary>
internal static class RecordedSchemes
{
    internal static readonly Option<string?> File = new("--schemes")
    {
        Description = "Act on what is seen, by the schemes of this file, and record what was done: 'damon-trace report schemes' shows it. "
            + "'damon-trace run' tries them without a recording. Default: none.",
        HelpName = "FILE",
    };

    internal static readonly Option<bool> Yes = new("--yes")
    {
        Description = "With --schemes: really page out memory of processes that damon-trace has not started.",
    };

    /// <summary>The schemes to apply; none without the option.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="starts">damon-trace starts the process itself: whoever asks for that need not confirm.</param>
    /// <exception cref="SchemeException">The file cannot be understood.</exception>
    internal static IReadOnlyList<Scheme> Of(ParseResult parse, bool starts)
    {
        bool yes = parse.GetValue(Yes);
        if (parse.GetValue(File) is not { } path)
        {
            return yes ? throw new UserErrorException("--yes has no meaning without --schemes", "add --schemes FILE", ExitCode.Usage) : [];
        }

        return Read(path, yes || starts);
    }

    /// <summary>Reads schemes of which those that page out memory have to be confirmed.</summary>
    /// <exception cref="SchemeException">The file cannot be understood.</exception>
    internal static IReadOnlyList<Scheme> Read(string path, bool isConfirmed)
    {
        IReadOnlyList<Scheme> schemes = SchemesInput.Read(path);
        return isConfirmed || schemes.All(static scheme => scheme.Action != SchemeAction.PageOut)
            ? schemes
            : throw new UserErrorException(
                $"{path} pages out memory of a process that was not asked",
                "add --yes, or see what it would do: damon-trace run --schemes FILE -p PID --dry-run", ExitCode.Usage);
    }
}
