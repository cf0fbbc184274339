namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>What an access check should know about how it will be called.</summary>
/// <param name="SampleUs">Sampling interval at the start, in microseconds.</param>
/// <param name="Realtime">The kdamond asks for SCHED_FIFO.</param>
public sealed record AccessCheckSettings(ulong SampleUs, bool Realtime);
