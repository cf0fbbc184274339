using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>time.h: clocks in nanoseconds and sleeping until a point in time.</summary>
internal static unsafe partial class Time
{
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;
    internal const int CLOCK_PROCESS_CPUTIME_ID = 2;
    internal const int CLOCK_THREAD_CPUTIME_ID = 3;

    private const int CPUCLOCK_SCHED = 2;
    private const int TIMER_ABSTIME = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The time of a clock in nanoseconds.</summary>
    internal static long GetNs(int clock)
    {
        Timespec now;
        _ = clock_gettime(clock, &now);
        return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
    }

    /// <summary>CPU time of all threads of a process so far, those that have ended included; 0 when there is no such process.</summary>
    internal static long GetProcessCpuNs(int pid)
    {
        Timespec now = default;
        return clock_gettime((~pid << 3) | CPUCLOCK_SCHED, &now) == 0 ? (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds : 0;
    }

    /// <summary>Sleeps until CLOCK_MONOTONIC reaches a time. An absolute time does not drift as repeated relative sleeps do.</summary>
    internal static void SleepUntil(long monotonicNs)
    {
        var until = new Timespec { Seconds = monotonicNs / NanosecondsPerSecond, Nanoseconds = monotonicNs % NanosecondsPerSecond };
        int error;
        while ((error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, null)) == Errno.EINTR)
        {
        }

        // Refused by a filter of system calls: the runtime sleeps by another one, and no finer than a millisecond.
        if (error != 0)
        {
            Thread.Sleep(TimeSpan.FromTicks(Math.Max(0, monotonicNs - GetNs(CLOCK_MONOTONIC)) / TimeSpan.NanosecondsPerTick));
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, Timespec* request, Timespec* remaining);

    private struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
