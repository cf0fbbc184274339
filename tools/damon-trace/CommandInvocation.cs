using System.CommandLine;

namespace Damon.Trace.Cli;

/// <summary>How a command is invoked, as its action gets to see it.</summary>
internal sealed class CommandInvocation : InvocationConfiguration
{
    /// <summary>
    /// Reads the config file once more, and what the command line says in its favour; null where no file was given.
    /// Throws a <see cref="UserErrorException"/> that says where the mistake is.
    /// </summary>
    internal Func<ParseResult>? ReadAgain { get; init; }
}
