using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>The kernel's DAMON cannot be driven: it is not there, not ours, or refuses the request.</summary>
public sealed class KernelDamonException(string message, string? hint) : DamonTraceException(message, hint);
