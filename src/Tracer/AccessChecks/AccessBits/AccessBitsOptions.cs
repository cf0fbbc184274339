namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>How accessed bits of one target are checked.</summary>
public sealed record AccessBitsOptions
{
    /// <summary>
    /// Clear on the CPU of a single-threaded target. Sensible with a real-time worker, which does not wait for that CPU, and else where
    /// there is time to wait: null hops while the sampling interval is 20 ms or longer.
    /// </summary>
    public bool? HopToTargetCpu { get; init; }

    /// <summary>Forces a clearer.</summary>
    public ClearerKind Clearer { get; init; }

    /// <summary>
    /// The longest a clear step may take; what does not fit is reported as unprepared. A quarter of the sampling interval when null.
    /// </summary>
    public TimeSpan? ClearTimeLimit { get; init; }

    /// <summary>
    /// The longest that making followed pages old may take in one <see cref="Monitoring.IYoungPages.TakeYoung"/>: an emergency brake. A page that is not made old
    /// cannot be told from one that was accessed again.
    /// </summary>
    public TimeSpan TakeTimeLimit { get; init; } = TimeSpan.FromMilliseconds(100);
}
