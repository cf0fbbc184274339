using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>linux/capability.h. What a thread gives up, threads that it begins afterwards do not have, and nor do their own.</summary>
internal static unsafe partial class SysCapability
{
    internal const int CAP_DAC_OVERRIDE = 1;
    internal const int CAP_DAC_READ_SEARCH = 2;
    internal const int CAP_FOWNER = 3;
    internal const int CAP_KILL = 5;
    internal const int CAP_IPC_LOCK = 14;
    internal const int CAP_SYS_PTRACE = 19;
    internal const int CAP_SYS_ADMIN = 21;
    internal const int CAP_SYS_NICE = 23;
    internal const int CAP_SYS_RESOURCE = 24;
    internal const int CAP_SYSLOG = 34;
    internal const int CAP_PERFMON = 38;
    internal const int CAP_BPF = 39;

    private const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    /// <summary>Leaves the calling thread those of its capabilities that are named: 0 or -errno.</summary>
    internal static int Keep(params ReadOnlySpan<int> capabilities)
    {
        ulong kept = 0;
        foreach (int capability in capabilities)
        {
            kept |= 1UL << capability;
        }

        var header = new Header { Version = _LINUX_CAPABILITY_VERSION_3 };
        Sets* sets = stackalloc Sets[2];
        if (capget(&header, sets) < 0)
        {
            return -Errno.Last;
        }

        for (int word = 0; word < 2; word++)
        {
            uint bits = (uint)(kept >> (32 * word));
            sets[word].Effective &= bits;
            sets[word].Permitted &= bits;
            sets[word].Inheritable &= bits;
        }

        return capset(&header, sets) < 0 ? -Errno.Last : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget(Header* header, Sets* sets);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(Header* header, Sets* sets);

    /// <summary>__user_cap_header_struct; process 0 is the calling thread.</summary>
    private struct Header
    {
        internal uint Version;
        internal int Pid;
    }

    /// <summary>__user_cap_data_struct, 32 capabilities.</summary>
    private struct Sets
    {
        internal uint Effective;
        internal uint Permitted;
        internal uint Inheritable;
    }
}
