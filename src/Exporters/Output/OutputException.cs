using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Output;

/// <summary>An output could not be opened or written. The message names it and is meant for the user.</summary>
public sealed class OutputException : DamonTraceException
{
    /// <param name="message">What failed, with the name of the output.</param>
    /// <param name="errno">Why, as the system says it; 0 where it was not the system that refused.</param>
    /// <param name="hint">What would help, one line.</param>
    public OutputException(string message, int errno = 0, string? hint = null)
        : base(message, hint)
    {
        // Where .NET itself keeps the errno of an IOException.
        HResult = errno;
    }
}
