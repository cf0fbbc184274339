using Damon.Trace.Tracer.Tracepoints.LttngUst;
using Damon.Trace.Tracer.Tracepoints.Usdt;
using Damon.Trace.Tracer.Tracepoints.UserEvents;

namespace Damon.Trace.Cli.Doctor;

/// <summary>The tracer families that can see our events natively. Found by looking at files; nothing is loaded or registered.</summary>
internal static class NativeTracers
{
    internal static IReadOnlyList<Finding> Find() =>
    [
        new("USDT", UsdtTracepoint.Probe(), "record --usdt: perf, bpftrace and others attach to damon:aggregated"),
        new("user_events", UserEventsTracepoint.Probe(), "record --user-events: perf and ftrace record user_events:damon_aggregated"),
        new("LTTng", LttngUstTracepoint.Probe(), "record --lttng: lttng enable-event -u damon:aggregated"),
    ];
}
