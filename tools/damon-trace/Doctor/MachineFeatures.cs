using System.Globalization;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Doctor;

/// <summary>What else of this machine matters to recordings.</summary>
internal static class MachineFeatures
{
    private const string Tracefs = "/sys/kernel/tracing";

    internal static IReadOnlyList<Finding> Find() =>
    [
        Provider(),
        RealTime(),
        Perf(),
        KernelTracepoint(),
        .. ServiceFeatures.Find(),
        .. NativeTracers.Find(),
    ];

    private static Finding Provider()
    {
        bool off = Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics") == "0"
            || Environment.GetEnvironmentVariable("DOTNET_EnableDiagnostics_IPC") == "0";
        Capability capability = off
            ? Capability.No("the runtime's diagnostic port is switched off", "unset DOTNET_EnableDiagnostics and DOTNET_EnableDiagnostics_IPC")
            : Capability.Yes;
        return new Finding("EventPipe provider", capability, "events of a running recording are visible to dotnet-trace and PerfView");
    }

    private static Finding RealTime()
    {
        const int CAP_SYS_NICE = 23;
        Capability capability = HasCapability(CAP_SYS_NICE)
            ? Capability.Yes
            : Capability.No("no privilege for SCHED_FIFO", "run as root or with CAP_SYS_NICE");
        return new Finding("real-time kdamond", capability, "record --realtime keeps checks on time under load");
    }

    private static Finding Perf()
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, "perf")).FirstOrDefault(File.Exists);
        Capability capability = path is null
            ? Capability.No("perf is not installed; nothing here needs it", "apt-get install linux-perf, to compare with")
            : Capability.Yes;
        return new Finding("perf", capability, $"{path}: its perf.data and text are read with -i, and it reads ours");
    }

    private static Finding KernelTracepoint()
    {
        string events = $"{Tracefs}/events/damon/damon_aggregated";
        Capability capability = Directory.Exists(events)
            ? Capability.Yes
            : Directory.Exists($"{Tracefs}/events")
                ? Capability.No("this kernel has no damon events", "a kernel with CONFIG_DAMON")
                : Capability.No($"{Tracefs} cannot be read", "run as root, or mount -t tracefs nodev /sys/kernel/tracing");
        return new Finding("kernel tracepoint", capability, "damon:damon_aggregated of the kernel's own DAMON: record --kernel");
    }

    internal static bool HasCapability(int number)
    {
        const string Key = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(line.AsSpan(Key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
            && ((bits >> number) & 1) != 0;
    }
}
