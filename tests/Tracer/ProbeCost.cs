using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Tests;

/// <summary>
/// Figures for the reader; nothing is asserted. The best of many short rounds, because other programs and the hypervisor lengthen the rest.
/// </summary>
internal static class ProbeCost
{
    private const int Rounds = 50;

    /// <summary>Events that a report fires.</summary>
    internal static int Fired(int count) => Rounds * count;

    internal static void Report(ITestOutputHelper log, INativeTracepoint tracepoint, string title, int count)
    {
        var region = new DamonRegion { Start = 0x7F00_0000_0000, End = 0x7F00_0010_0000, NrAccesses = 3, Age = 72 };
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            if (round == Rounds / 2)
            {
                // The compiler replaces its first, slow code in the background.
                Thread.Sleep(500);
            }

            long startNs = Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID);
            for (int i = 0; i < count; i++)
            {
                tracepoint.Aggregated(0, 1, region);
            }

            best = Math.Min(best, (Time.GetNs(Time.CLOCK_THREAD_CPUTIME_ID) - startNs) / (double)count);
        }

        log.WriteLine($"{tracepoint.Family}, {title}: {best:F2} ns per event, best of {Rounds} rounds of {count}");
    }
}
