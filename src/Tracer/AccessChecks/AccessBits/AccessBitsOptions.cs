namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>How accessed bits of one target are checked.</summary>
public sealed record AccessBitsOptions
{
    /// <summary>
    /// Clear on the CPU of a single-threaded target. Sensible with a real-time worker or sampling intervals from 20 ms on.
    /// </summary>
    public bool HopToTargetCpu { get; init; }

    /// <summary>Forces a clearer.</summary>
    public ClearerKind Clearer { get; init; }

    /// <summary>
    /// The longest a clear step may take; what does not fit is reported as unprepared. A quarter of the sampling interval when null.
    /// </summary>
    public TimeSpan? ClearTimeLimit { get; init; }
}
