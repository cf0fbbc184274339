using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// The <c>damon_aggregated</c> tracepoint of one native tracer family, beside the EventPipe provider. An instance always exists: where the
/// machine lacks what the family needs, it is inert, says why in <see cref="Capability"/>, and the recording goes on without it.
/// </summary>
public interface INativeTracepoint : IDisposable
{
    /// <summary>Name of the family as the command line spells it: <c>usdt</c>, <c>user-events</c>, <c>lttng-ust</c>.</summary>
    string Family { get; }

    /// <summary>Whether registration succeeded; when not, why.</summary>
    Capability Capability { get; }

    /// <summary>True while a tracer listens. One load: made for asking before every snapshot.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Fires for one region; does nothing while nobody listens. Called on the kdamond thread only: allocates nothing, never throws.
    /// Must not be called any more once <see cref="IDisposable.Dispose"/> has begun.
    /// </summary>
    void Aggregated(ulong targetId, uint nrRegions, in DamonRegion region);
}
