namespace Damon.Trace.Events;

/// <summary>Which process a target_id stands for: the payload of <c>damon_trace_target</c>, in this order.</summary>
/// <param name="TargetId">Index of the target in its context (u64).</param>
/// <param name="Pid">Process id (i32).</param>
/// <param name="StartTimeTicks">Start time, clock ticks after boot, field 22 of /proc/PID/stat (u64): with the pid it names one process for
/// ever.</param>
/// <param name="Comm">Name of the process, /proc/PID/comm (string).</param>
/// <param name="CommandLine">Its arguments joined by blanks (string).</param>
public sealed record TargetDescription(ulong TargetId, int Pid, ulong StartTimeTicks, string Comm, string CommandLine);
