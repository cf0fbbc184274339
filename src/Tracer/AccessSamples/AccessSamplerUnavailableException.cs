using Damon.Trace.Events;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Accesses cannot be sampled here, or not in this process.</summary>
public sealed class AccessSamplerUnavailableException(string message, string? hint) : DamonTraceException(message, hint);
