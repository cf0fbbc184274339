using System.CommandLine;

namespace Damon.Trace.Cli.Arguments;

/// <summary>The recording to read: <c>-i FILE</c>, or FILE alone.</summary>
internal sealed class InputOption
{
    internal const string Default = "damon.nettrace";

    internal Option<string?> Option { get; } = new("--input", "-i")
    {
        Description = $"The recording to read, instead of naming it as an argument. - is stdin. Default: {Default}.",
        HelpName = "FILE",
    };

    internal Argument<string?> Argument { get; } = new("RECORDING")
    {
        Description = "Recording to read, recognised by its content: .nettrace, perf.data, text of perf script, Parquet (a file or a data set), damo's files.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Gives a command both.</summary>
    internal void AddTo(Command command)
    {
        command.Add(Argument);
        command.Add(Option);
    }

    /// <summary>Whether one was named.</summary>
    internal bool IsGiven(ParseResult parse) => parse.GetValue(Argument) is not null || parse.GetValue(Option) is not null;

    /// <exception cref="UserErrorException">Two were named.</exception>
    internal string PathOf(ParseResult parse) => (parse.GetValue(Argument), parse.GetValue(Option)) switch
    {
        ({ } first, { } second) => throw new UserErrorException(
            $"two recordings, '{first}' and '{second}'", "name one, as an argument or with -i; 'report compare A B' compares two", ExitCode.Usage),
        ({ } argument, null) => argument,
        (null, { } option) => option,
        _ => Default,
    };
}
