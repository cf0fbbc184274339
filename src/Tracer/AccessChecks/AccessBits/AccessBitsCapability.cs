using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Whether the access check `access-bits` works on this machine and on one target.</summary>
public static class AccessBitsCapability
{
    private const string RunAsRoot = "run as root or with CAP_BPF, CAP_PERFMON, CAP_SYS_NICE, CAP_SYS_PTRACE, and CAP_DAC_OVERRIDE for processes of other users";
    private const string MayReadTargets =
        "run as root or with CAP_SYS_PTRACE, CAP_DAC_OVERRIDE and CAP_SYS_NICE, or as the owner of the process";

    internal static Capability UnknownTables { get; } = Capability.No(
        $"page tables of {RuntimeInformation.ProcessArchitecture} are not known, only those of x86-64 and arm64", "use another access check");

    /// <summary>Looks without touching anything: architecture, kernel, files, privileges.</summary>
    public static Capability Probe()
    {
        if (PageTableFormat.Current is null)
        {
            return UnknownTables;
        }

        if (Environment.OSVersion.Version < new Version(5, 10))
        {
            return Capability.No($"Linux {Environment.OSVersion.Version} cannot run the page-table program", "needs Linux 5.10 or later");
        }

        if (!File.Exists(Btf.KernelPath))
        {
            return Capability.No("the kernel has no BTF", "needs a kernel built with CONFIG_DEBUG_INFO_BTF");
        }

        if (!File.Exists("/proc/self/pagemap"))
        {
            return Capability.No("/proc/self/pagemap does not exist", "needs a kernel built with CONFIG_PROC_PAGE_MONITOR");
        }

        if (IsConfidential())
        {
            return Capability.No("the kernel is locked down for confidentiality", "boot with lockdown=integrity or none");
        }

        bool mayLoad = Privileges.Has(Privileges.CAP_SYS_ADMIN)
            || (Privileges.Has(Privileges.CAP_BPF) && Privileges.Has(Privileges.CAP_PERFMON));
        return mayLoad ? Capability.Yes : Capability.No("no privilege to load BPF programs", RunAsRoot);
    }

    /// <summary>Reads and clears scratch memory of our own; what is touched must read young, and nothing else.</summary>
    public static Capability SelfTest()
    {
        Capability passive = Probe();
        if (!passive.Available)
        {
            return passive;
        }

        using PageTableReader? reader = PageTableReader.TryCreate(out Capability capability);
        return reader is null ? capability : AccessBitsSelfTest.Run(reader);
    }

    /// <summary>The same with a reader that is there already.</summary>
    public static Capability SelfTest(PageTableReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return AccessBitsSelfTest.Run(reader);
    }

    /// <summary>Whether one process may be read and cleared. Changes nothing in it.</summary>
    public static Capability ProbeTarget(TargetProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        using SafeFileHandle pagemap = process.Proc.OpenFile("pagemap", O_RDONLY, out int errno);
        if (errno != 0)
        {
            return Capability.No($"/proc/{process.Pid}/pagemap: {Errno.Describe(errno)}", MayReadTargets);
        }

        if (Pagemap.Read(pagemap, 0, out _) != sizeof(ulong))
        {
            return Capability.No($"process {process.Pid} has no address space: a kernel thread, or it is just exiting");
        }

        // An empty vector is checked for permission like any other.
        long cold = SysMman.ProcessAdvise(process.PidFd, default, SysMman.MADV_COLD);
        if (cold >= 0)
        {
            return Capability.Yes;
        }

        int clearRefs = process.Proc.TryOpen("clear_refs", O_WRONLY);
        return clearRefs == 0
            ? Capability.Yes
            : Capability.No(
                $"accessed bits of process {process.Pid} cannot be cleared: MADV_COLD {Errno.Describe((int)-cold)}, "
                + $"clear_refs {Errno.Describe(-clearRefs)}",
                MayReadTargets);
    }

    private static bool IsConfidential()
    {
        try
        {
            return File.ReadAllText("/sys/kernel/security/lockdown").Contains("[confidentiality]", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not mounted or not readable: loading will tell.
            return false;
        }
    }
}
