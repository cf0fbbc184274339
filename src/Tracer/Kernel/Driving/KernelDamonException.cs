namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>The kernel's DAMON cannot be driven: it is not there, not ours, or refuses the request.</summary>
public sealed class KernelDamonException : Exception
{
    public KernelDamonException(string message, string? hint)
        : base(message)
    {
        Hint = hint;
    }

    /// <summary>What would help, one line.</summary>
    public string? Hint { get; }
}
