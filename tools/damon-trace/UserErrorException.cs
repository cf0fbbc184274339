namespace Damon.Trace.Cli;

/// <summary>Something the user can put right: shown as one line and a hint, without a stack trace.</summary>
internal sealed class UserErrorException : Exception
{
    internal UserErrorException(string message, string? hint, int exitCode)
        : base(message)
    {
        Hint = hint;
        ExitCode = exitCode;
    }

    /// <summary>What would help, one line.</summary>
    internal string? Hint { get; }

    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    internal int ExitCode { get; }
}
