namespace Damon.Trace.Exporters.PerfData;

/// <summary>One moment on two clocks, in nanoseconds: what perf needs to print times of day.</summary>
/// <param name="WallNs">Since 1970-01-01 UTC.</param>
/// <param name="MonotonicNs">On the recording's clock.</param>
internal readonly record struct ClockPair(ulong WallNs, ulong MonotonicNs);
