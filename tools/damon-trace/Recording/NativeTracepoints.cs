using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Tracepoints.LttngUst;
using Damon.Trace.Tracer.Tracepoints.Usdt;
using Damon.Trace.Tracer.Tracepoints.UserEvents;

namespace Damon.Trace.Cli.Recording;

/// <summary>The native tracepoints a recording was asked for. What the machine refuses is said once, and the recording goes on without it.</summary>
internal sealed class NativeTracepoints : IDisposable
{
    private readonly List<INativeTracepoint> _registered;

    private NativeTracepoints(List<INativeTracepoint> registered)
    {
        _registered = registered;
    }

    /// <summary>Those that work, for the tracepoint to fire.</summary>
    internal IReadOnlyList<INativeTracepoint> Registered => _registered;

    internal static NativeTracepoints Register(RecordRequest request, TextWriter error)
    {
        var registered = new NativeTracepoints([]);
        if (request.Usdt)
        {
            UsdtTracepoint usdt = UsdtTracepoint.Register();
            registered.Add(usdt, $"USDT probe damon:aggregated in {usdt.LibraryPath}", error);
        }

        if (request.UserEvents)
        {
            registered.Add(UserEventsTracepoint.Register(), "event user_events:damon_aggregated", error);
        }

        if (request.Lttng)
        {
            registered.Add(LttngUstTracepoint.Register(), "LTTng user-space event damon:aggregated", error);
        }

        return registered;
    }

    /// <inheritdoc/>
    public void Dispose() => _registered.ForEach(tracepoint => tracepoint.Dispose());

    private void Add(INativeTracepoint tracepoint, string what, TextWriter error)
    {
        if (tracepoint.Capability.Available)
        {
            _registered.Add(tracepoint);
            error.WriteLine($"damon-trace: {what}");
            return;
        }

        string hint = tracepoint.Capability.Hint is string text ? $"; hint: {text}" : "";
        error.WriteLine($"damon-trace: no {tracepoint.Family} events: {tracepoint.Capability.Reason}{hint}");
        tracepoint.Dispose();
    }
}
