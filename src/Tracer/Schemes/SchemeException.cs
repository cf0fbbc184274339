using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A scheme cannot be applied here, or its file cannot be understood.</summary>
public sealed class SchemeException : DamonTraceException
{
    /// <param name="message">What is wrong: one line.</param>
    /// <param name="hint">What helps: one line.</param>
    public SchemeException(string message, string hint)
        : base(message, hint)
    {
    }
}
