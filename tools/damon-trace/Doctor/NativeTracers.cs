using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Tracepoints.LttngUst;
using Damon.Trace.Tracer.Tracepoints.Usdt;
using Damon.Trace.Tracer.Tracepoints.UserEvents;

namespace Damon.Trace.Cli.Doctor;

/// <summary>The tracer families that can see our events natively. Found by looking at files; nothing is loaded or registered.</summary>
internal static class NativeTracers
{
    private static readonly string[] s_libraryFolders =
        ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib", "/usr/local/lib"];

    internal static IReadOnlyList<Finding> Find() => [Usdt(), UserEvents(), Lttng()];

    private static Finding Usdt()
    {
        Capability capability = UsdtMachine.Current is null ? Capability.No("no probe library for this processor") : Capability.Yes;
        return new Finding("USDT", capability, "record --usdt: perf, bpftrace and others attach to damon:aggregated");
    }

    private static Finding UserEvents()
    {
        Capability capability = File.Exists(UserEventsTracepoint.DataFile)
            ? Capability.Yes
            : Capability.No(
                $"{UserEventsTracepoint.DataFile} is not there, or not visible to this user",
                "Linux 6.4 or newer with CONFIG_USER_EVENTS=y, tracefs mounted, root");
        return new Finding("user_events", capability, "record --user-events: perf and ftrace record user_events:damon_aggregated");
    }

    private static Finding Lttng()
    {
        bool found = Array.Exists(s_libraryFolders, folder => File.Exists(Path.Combine(folder, LttngUstLibrary.UstName)));
        Capability capability = found
            ? Capability.Yes
            : Capability.No($"{LttngUstLibrary.UstName} is not installed", "install LTTng-UST 2.13 or newer (Debian: liblttng-ust1)");
        return new Finding("LTTng", capability, "record --lttng: lttng enable-event -u damon:aggregated");
    }
}
