namespace Damon.Trace.Tracer.Kernel;

/// <summary>Who fired a kernel event, where and when: what perf prints left of the event's name.</summary>
/// <param name="Kdamond">The thread that fired it.</param>
/// <param name="Cpu">The CPU it ran on.</param>
/// <param name="TimestampNs">CLOCK_MONOTONIC nanoseconds.</param>
public readonly record struct KernelEvent(KernelKdamond Kdamond, uint Cpu, ulong TimestampNs);
