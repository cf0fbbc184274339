using System.Runtime.InteropServices;

namespace Damon.Trace.Exerciser.Linux;

/// <summary>time.h.</summary>
internal static unsafe partial class Time
{
    internal const long NanosecondsPerSecond = 1_000_000_000;

    private const int CLOCK_MONOTONIC = 1;
    private const int CLOCK_THREAD_CPUTIME_ID = 3;
    private const int TIMER_ABSTIME = 1;

    /// <summary>CLOCK_MONOTONIC, the clock of every timestamp in the truth.</summary>
    internal static long NowNs => GetNs(CLOCK_MONOTONIC);

    /// <summary>CPU time of the calling thread.</summary>
    internal static long ThreadCpuNs => GetNs(CLOCK_THREAD_CPUTIME_ID);

    /// <summary>Returns early on a signal; callers look at the clock again anyway.</summary>
    internal static void SleepUntil(long monotonicNs)
    {
        var until = new Timespec { Seconds = monotonicNs / NanosecondsPerSecond, Nanoseconds = monotonicNs % NanosecondsPerSecond };
        _ = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, null);
    }

    private static long GetNs(int clock)
    {
        Timespec now;
        _ = clock_gettime(clock, &now);
        return (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds;
    }

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport("libc")]
    private static partial int clock_nanosleep(int clock, int flags, Timespec* request, Timespec* remaining);

    private struct Timespec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
