using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Doctor;

/// <summary>What it takes to watch whole services, and what a container lacks of it.</summary>
internal static class ServiceFeatures
{
    private const int CAP_SYS_ADMIN = 21;

    // The first user namespace and the first PID namespace of the system, include/linux/proc_ns.h.
    private const string InitialPidNamespace = "pid:[4026531836]";

    internal static IReadOnlyList<Finding> Find()
    {
        string? groups = ControlGroups.Read().Root;
        return [HostProcesses(), Groups(groups), Limits(groups), SharedMemory()];
    }

    private static Finding HostProcesses()
    {
        string? space = new FileInfo("/proc/self/ns/pid").LinkTarget;
        Capability capability = space is null or InitialPidNamespace
            ? Capability.Yes
            : Capability.No("this is a PID namespace of its own, of a container: only its processes are seen", "run it in the host's: docker run --pid=host");
        return new Finding("processes of the host", capability, "all processes can be named");
    }

    private static Finding Groups(string? root)
    {
        Capability capability = root is null
            ? Capability.No("no control groups of version 2 are mounted here", "mount -t cgroup2 none /sys/fs/cgroup; in a container bind-mount the host's")
            : Capability.Yes;
        return new Finding("control groups", capability, $"{root}: --cgroup and --unit follow whole services");
    }

    private static Finding Limits(string? root)
    {
        string[] controllers = root is not null && File.Exists(Path.Join(root, "cgroup.controllers"))
            ? File.ReadAllText(Path.Join(root, "cgroup.controllers")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [];
        Capability capability = controllers.Contains("memory")
            ? Capability.Yes
            : Capability.No("the memory controller is not in version 2 of control groups", "boot with systemd.unified_cgroup_hierarchy=1; 'report limit' needs none");
        return new Finding("memory limits", capability, "verify-limit tries them");
    }

    private static Finding SharedMemory()
    {
        Capability capability = MachineFeatures.HasCapability(CAP_SYS_ADMIN)
            ? Capability.Yes
            : Capability.No("page frames are hidden: what processes share cannot be counted once", "run as root or with CAP_SYS_ADMIN");
        return new Finding("shared memory", capability, "snapshot of several processes counts it once");
    }
}
