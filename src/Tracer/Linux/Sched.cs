using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sched.h and the part of sys/prctl.h that schedules: where and how the calling thread runs. Results are 0 or -errno.</summary>
internal static unsafe partial class Sched
{
    private const int PR_SET_TIMERSLACK = 29;

    /// <summary>Size of cpu_set_t in bytes (1024 CPUs).</summary>
    internal const int CpuSetSize = 128;

    /// <summary>Gives the calling thread a fixed real-time priority.</summary>
    internal static int SetFifo(int priority)
    {
        return sched_setscheduler(0, SCHED_FIFO, &priority) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Lets timers of the calling thread fire on time instead of up to 50 us later.</summary>
    internal static int SetTimerSlackNs(ulong slackNs)
    {
        return prctl(PR_SET_TIMERSLACK, slackNs, 0, 0, 0) < 0 ? -Errno.Last : 0;
    }

    /// <summary>Reads the CPUs on which the calling thread may run.</summary>
    internal static int GetAffinity(Span<byte> set)
    {
        fixed (byte* bits = set)
        {
            return sched_getaffinity(0, set.Length, (cpu_set_t*)bits) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>Restricts the calling thread to the CPUs of the set.</summary>
    internal static int SetAffinity(ReadOnlySpan<byte> set)
    {
        fixed (byte* bits = set)
        {
            return sched_setaffinity(0, set.Length, (cpu_set_t*)bits) < 0 ? -Errno.Last : 0;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int pid, int policy, int* priority);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, ulong argument2, ulong argument3, ulong argument4, ulong argument5);
}
