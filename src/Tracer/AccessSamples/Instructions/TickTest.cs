using System.Diagnostics;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// What a tick of a <see cref="ThreadClock"/> costs the thread on this machine, found out on the calling thread within 0.2 s of its CPU time: a few microseconds
/// on bare metal, ten times that where every timer interrupt goes through a hypervisor. A thread that does nothing but read memory and the clock sees
/// interrupts as gaps; the ticks are those that come on top of what the machine has anyway. It reads more memory than caches hold: the
/// kernel's code and data are not in the caches then, as they will not be in the target, and a tick takes 20 us where it takes 14 in a loop that reads
/// the clock only (measured on a virtual machine, by gaps and by the work that was lost alike). A target that leaves no CPU is not to be waited for, so it
/// is short: ten ticks a piece, whose mean is off by a tenth or two, and more where other programs interrupt; so the second largest of six is taken.
/// </summary>
internal static unsafe class TickTest
{
    private const long PeriodNs = 1_000_000;
    private const long PieceNs = 10_000_000;
    private const int Pairs = 6;
    private const int DataBytes = 32 * 1024;
    private const int MemoryBytes = 32 << 20;
    private const int LineBytes = 64;

    // As rare as a budget of 1 % makes them, ticks find even less of the kernel in the caches: 28 us at one in 2.8 ms, 20 at one in 1 ms.
    private const double Rarer = 1.4;

    // Longer gaps are other threads that had the CPU, shorter ones none: reading the clock takes 30 ns.
    private const double ShortestNs = 1_000;
    private const double LongestNs = 200_000;

    // Where it cannot be told: the most that was seen.
    private const double UnknownNs = 60_000;
    private const double LeastNs = 1_000;

    /// <summary>Nanoseconds, rather too many, so that the target's budget holds.</summary>
    internal static double Run()
    {
        byte* memory = (byte*)NativeMemory.Alloc(MemoryBytes);
        try
        {
            // Pages that were never written are one and the same.
            new Span<byte>(memory, MemoryBytes).Fill(1);
            return Run(memory);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static double Run(byte* memory)
    {
        int at = 0;

        // Once for the compiler.
        _ = ShareInGaps(memory, ref at, PieceNs / 20);
        Span<double> costs = stackalloc double[Pairs];
        double without = ShareInGaps(memory, ref at, PieceNs);
        foreach (ref double cost in costs)
        {
            double with;
            using (ThreadClock? clock = ThreadClock.Start(Unistd.gettid(), PeriodNs, DataBytes, out _))
            {
                if (clock is null)
                {
                    return UnknownNs;
                }

                with = ShareInGaps(memory, ref at, PieceNs);
            }

            double after = ShareInGaps(memory, ref at, PieceNs);
            cost = (with - ((without + after) / 2)) * PeriodNs;
            without = after;
        }

        costs.Sort();
        return Math.Clamp(costs[^2] * Rarer, LeastNs, UnknownNs * Rarer);
    }

    private static double ShareInGaps(byte* memory, ref int at, long lengthNs)
    {
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        long cpuBeganNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
        double gapsNs = 0;
        double passedNs = 0;
        long previous = Stopwatch.GetTimestamp();
        while (passedNs < lengthNs)
        {
            _ = Volatile.Read(ref memory[at]);
            at = (at + LineBytes) % MemoryBytes;
            long now = Stopwatch.GetTimestamp();
            double ns = (now - previous) * nsPerTick;
            previous = now;
            passedNs += ns < LongestNs ? ns : 0;
            gapsNs += ns is > ShortestNs and < LongestNs ? ns : 0;
        }

        return gapsNs / Math.Max(1, Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - cpuBeganNs);
    }
}
