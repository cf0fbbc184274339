using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>The EventPipe provider cannot be listened to.</summary>
public sealed class ProviderUnavailableException(string message, string hint, Exception inner) : DamonTraceException(message, hint, inner);
