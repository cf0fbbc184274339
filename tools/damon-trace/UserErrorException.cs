using Damon.Trace.Events;

namespace Damon.Trace.Cli;

/// <summary>Something the user can put right: shown as one line and a hint, without a stack trace.</summary>
internal sealed class UserErrorException : DamonTraceException
{
    internal UserErrorException(string message, string? hint, int exitCode)
        : base(message, hint)
    {
        ExitCode = exitCode;
    }

    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    internal int ExitCode { get; }
}
