using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>Finds the DAMON tracepoints of the running kernel in tracefs. Only reads.</summary>
internal static class KernelTracepoints
{
    /// <summary>Where tracefs is mounted: its own place, and below debugfs on older systems.</summary>
    internal static readonly string[] TracefsPlaces = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>Reads every tracepoint of <see cref="KernelEventKind"/> that this kernel has; damon_aggregated has to be there.</summary>
    internal static Capability Find(IEnumerable<string> places, List<KernelTracepoint> found)
    {
        Capability refusal = Capability.No("tracefs is not mounted", "mount -t tracefs nodev /sys/kernel/tracing");
        foreach (string place in places)
        {
            string events = Path.Combine(place, "events");
            try
            {
                if (!Directory.Exists(events))
                {
                    // What lies in a directory without search permission seems not to exist: tell it from one that is not mounted.
                    refusal = IsClosed(place) ? Capability.No($"{place} may only be read by root", "run as root") : refusal;
                    continue;
                }

                foreach (KernelEventKind kind in Enum.GetValues<KernelEventKind>())
                {
                    string format = Path.Combine(events, DamonProvider.TracepointSystem, KernelTracepoint.NameOf(kind), "format");
                    if (File.Exists(format))
                    {
                        found.Add(new KernelTracepoint(kind, TraceFormat.Parse(File.ReadAllText(format))));
                    }
                }

                return found.Exists(tracepoint => tracepoint.Kind == KernelEventKind.Aggregated)
                    ? Capability.Yes
                    : Capability.No("the kernel has no damon:damon_aggregated tracepoint", "CONFIG_DAMON=y, Linux 5.15 or newer");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                refusal = Capability.No($"cannot read {events}: {e.Message}", "run as root");
                found.Clear();
            }
        }

        return refusal;
    }

    private static bool IsClosed(string directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                _ = Directory.GetFileSystemEntries(directory);
            }

            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }
}
