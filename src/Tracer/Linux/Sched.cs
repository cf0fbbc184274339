using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sched.h and the part of sys/prctl.h that schedules: where and how the calling thread runs. Results are 0 or -errno.</summary>
internal static unsafe partial class Sched
{
    internal const int SCHED_FIFO = 1;
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
            return sched_getaffinity(0, (nuint)set.Length, bits) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>Restricts the calling thread to the CPUs of the set.</summary>
    internal static int SetAffinity(ReadOnlySpan<byte> set)
    {
        fixed (byte* bits = set)
        {
            return sched_setaffinity(0, (nuint)set.Length, bits) < 0 ? -Errno.Last : 0;
        }
    }

    /// <summary>The CPU the calling thread runs on; a call into the vDSO, about 5 ns.</summary>
    [LibraryImport("libc")]
    internal static partial int sched_getcpu();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int pid, int policy, int* priority);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint size, byte* set);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int pid, nuint size, byte* set);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, ulong argument2, ulong argument3, ulong argument4, ulong argument5);
}
