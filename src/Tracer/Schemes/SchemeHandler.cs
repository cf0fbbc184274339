using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// A program's own action. Called on the monitoring thread for each region that matches, cut at quota and filters: it should be done well
/// within a sampling interval, must not block, and an exception ends the monitoring.
/// </summary>
/// <param name="pid">Whose memory.</param>
/// <param name="region">The memory, with its accesses and its age from before the reset.</param>
/// <returns>Bytes acted on.</returns>
public delegate ulong SchemeHandler(int pid, in DamonRegion region);
