using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tracepoints.LttngUst;

/// <summary>
/// The functions of liblttng-ust.so.1 (2.13) that a provider needs. Loading it starts the library's own threads, which look for a session
/// daemon; it is never unloaded, because they would go on running in memory that is gone.
/// </summary>
internal sealed unsafe class LttngUstLibrary
{
    internal const string UstName = "liblttng-ust.so.1";
    private const string TracepointName = "liblttng-ust-tracepoint.so.1";

    private LttngUstLibrary(nint ust, nint tracepoint)
    {
        ProbeRegister = (delegate* unmanaged<LttngUstEvents.ProbeDesc*, void*>)
            NativeLibrary.GetExport(ust, "lttng_ust_probe_register");
        ProbeUnregister = (delegate* unmanaged<void*, void>)
            NativeLibrary.GetExport(ust, "lttng_ust_probe_unregister");
        ModuleRegister = (delegate* unmanaged<LttngUstEvents.Tracepoint**, int, int>)
            NativeLibrary.GetExport(tracepoint, "lttng_ust_tracepoint_module_register");
        ModuleUnregister = (delegate* unmanaged<LttngUstEvents.Tracepoint**, int>)
            NativeLibrary.GetExport(tracepoint, "lttng_ust_tracepoint_module_unregister");
        ReadLock = (delegate* unmanaged[SuppressGCTransition]<int>)
            NativeLibrary.GetExport(tracepoint, "lttng_ust_tp_rcu_read_lock");
        ReadUnlock = (delegate* unmanaged[SuppressGCTransition]<void>)
            NativeLibrary.GetExport(tracepoint, "lttng_ust_tp_rcu_read_unlock");
    }

    internal delegate* unmanaged<LttngUstEvents.ProbeDesc*, void*> ProbeRegister { get; }

    internal delegate* unmanaged<void*, void> ProbeUnregister { get; }

    internal delegate* unmanaged<LttngUstEvents.Tracepoint**, int, int> ModuleRegister { get; }

    internal delegate* unmanaged<LttngUstEvents.Tracepoint**, int> ModuleUnregister { get; }

    /// <summary>Guards the list of listeners, user-space RCU: some nanoseconds, never waits.</summary>
    internal delegate* unmanaged[SuppressGCTransition]<int> ReadLock { get; }

    internal delegate* unmanaged[SuppressGCTransition]<void> ReadUnlock { get; }

    /// <summary>Loads the library; null and the reason when this machine does not have it.</summary>
    internal static LttngUstLibrary? Load(out Capability capability)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            capability = Capability.No($"the LTTng-UST layouts are proved on X64 only, not on {RuntimeInformation.ProcessArchitecture}");
            return null;
        }

        if (!NativeLibrary.TryLoad(UstName, out nint ust) || !NativeLibrary.TryLoad(TracepointName, out nint tracepoint))
        {
            capability = Capability.No($"{UstName} is not installed", "install LTTng-UST 2.13 (Debian: liblttng-ust1)");
            return null;
        }

        try
        {
            capability = Capability.Yes;
            return new LttngUstLibrary(ust, tracepoint);
        }
        catch (EntryPointNotFoundException e)
        {
            capability = Capability.No($"{UstName} lacks a function: {e.Message}", "LTTng-UST 2.13 or newer");
            return null;
        }
    }
}
