namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>What an access check should know about how it will be called, and what it may do.</summary>
/// <param name="SampleUs">Sampling interval at the start, in microseconds.</param>
/// <param name="Realtime">The kdamond asks for SCHED_FIFO.</param>
/// <param name="AllowInjection">The target may be stopped for a moment and made to run a system call for us.</param>
public sealed record AccessCheckSettings(ulong SampleUs, bool Realtime, bool AllowInjection = false);
