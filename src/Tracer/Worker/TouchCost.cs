using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// What an access to a page costs whose accessed bit was cleared. Processors set the bit for next to nothing; where a hypervisor keeps shadow
/// page tables it is a trap of microseconds, and a sweep holds up the target for that of each page it uses.
/// </summary>
public static class TouchCost
{
    private const int Pages = 256;
    private const int Attempts = 3;

    /// <summary>Nanoseconds per page, the least of a few attempts on memory of our own: a few milliseconds where it is dear. 0 where it cannot be measured.</summary>
    public static double Measure()
    {
        try
        {
            using var memory = new ScratchMapping(Pages);
            Touch(memory);
            long best = long.MaxValue;
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                if (memory.MakeOld() != 0)
                {
                    return 0;
                }

                long cleared = Touch(memory);
                best = Math.Min(best, Math.Max(0, cleared - Touch(memory)));
            }

            return best / (double)Pages;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long Touch(ScratchMapping memory)
    {
        long beginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        for (int page = 0; page < Pages; page++)
        {
            memory[page] = (ulong)page;
        }

        return Time.GetNs(Time.CLOCK_MONOTONIC) - beginNs;
    }
}
