namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>The EventPipe provider cannot be listened to.</summary>
public sealed class ProviderUnavailableException : Exception
{
    public ProviderUnavailableException(string message, string hint, Exception inner)
        : base(message, inner)
    {
        Hint = hint;
    }

    /// <summary>What would help, one line.</summary>
    public string Hint { get; }
}
