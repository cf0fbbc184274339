using System.Diagnostics;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// What a tick of a <see cref="ThreadClock"/> costs the thread on this machine, found out on the calling thread within 50 ms: a few microseconds
/// on bare metal, ten times that where every timer interrupt goes through a hypervisor. A thread that does nothing but read the clock sees
/// interrupts as gaps; the ticks are those that come on top of what the machine has anyway.
/// </summary>
internal static class TickTest
{
    private const long PeriodNs = 250_000;
    private const long LengthNs = 20_000_000;
    private const int DataBytes = 32 * 1024;

    // Longer gaps are other threads that had the CPU, shorter ones none: reading the clock takes 30 ns.
    private const double ShortestNs = 1_000;
    private const double LongestNs = 200_000;

    // Where it cannot be told; the larger end of what was seen, so that the target's budget holds.
    private const double UnknownNs = 60_000;
    private const double LeastNs = 1_000;

    /// <summary>Nanoseconds.</summary>
    internal static double Run()
    {
        // Once for the compiler.
        _ = ShareInGaps(LengthNs / 20);
        double without = ShareInGaps(LengthNs);
        using ThreadClock? clock = ThreadClock.Start(Unistd.gettid(), PeriodNs, DataBytes, out _);
        return clock is null ? UnknownNs : Math.Max(LeastNs, (ShareInGaps(LengthNs) - without) * PeriodNs);
    }

    private static double ShareInGaps(long lengthNs)
    {
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        long cpuBeganNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        double gapsNs = 0;
        double passedNs = 0;
        long previous = Stopwatch.GetTimestamp();
        while (passedNs < lengthNs)
        {
            long now = Stopwatch.GetTimestamp();
            double ns = (now - previous) * nsPerTick;
            previous = now;
            passedNs += ns < LongestNs ? ns : 0;
            gapsNs += ns is > ShortestNs and < LongestNs ? ns : 0;
        }

        return gapsNs / Math.Max(1, Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuBeganNs);
    }
}
