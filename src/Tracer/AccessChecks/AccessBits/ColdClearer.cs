using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// process_madvise(MADV_COLD): clears the accessed bits of chosen ranges and flushes the TLB, so that windows are exact.
/// It also moves the pages towards the inactive list, which shows only under memory pressure.
/// </summary>
internal sealed class ColdClearer(SafeFileHandle pidfd)
{
    /// <summary>The word in the labels.</summary>
    internal const string Name = "cold";

    // Small enough to look at the clock about every 0.3 ms; larger batches are not cheaper per page.
    private const int BatchSize = 64;
    private const int EAGAIN = 11;
    private const int MaxRetries = 3;

    /// <summary>Calls made so far.</summary>
    internal long Calls { get; private set; }

    /// <summary>
    /// Clears whole folios, ascending and disjoint: 0, or -errno when the target as a whole refuses (EPERM, ESRCH).
    /// Bounded by the inter-processor interrupt of the flush: 2.5 to 4.6 us per young page when the target runs on another CPU,
    /// 0.3 us when it does not run or the caller sits on its CPU. No allocations.
    /// </summary>
    /// <param name="ranges">What to clear.</param>
    /// <param name="outcomes">Receives one outcome per range.</param>
    /// <param name="deadlineNs">CLOCK_MONOTONIC time after which no further call is begun.</param>
    internal int Clear(ReadOnlySpan<SysMman.IoVector> ranges, Span<ClearOutcome> outcomes, long deadlineNs)
    {
        outcomes.Clear();
        int retries = 0;
        for (int next = 0; next < ranges.Length && (next == 0 || Time.GetNs(Time.CLOCK_MONOTONIC) < deadlineNs);)
        {
            ReadOnlySpan<SysMman.IoVector> batch = ranges.Slice(next, Math.Min(BatchSize, ranges.Length - next));
            long result = SysMman.ProcessAdvise(pidfd, batch, SysMman.MADV_COLD);
            Calls++;
            if (result >= 0)
            {
                // It stops before an entry that is refused; the next call begins there and says why.
                int done = CountDone(batch, result);
                outcomes.Slice(next, done).Fill(ClearOutcome.Cleared);
                next += done;
                retries = done == 0 ? retries + 1 : 0;
            }
            else if (result is -Errno.EPERM or -Errno.EACCES or -Errno.ESRCH or -Errno.ENOSYS)
            {
                return (int)result;
            }
            else if (result is -Errno.EINTR or -EAGAIN && retries < MaxRetries)
            {
                retries++;
            }
            else
            {
                outcomes[next++] = result == -Errno.ENOMEM ? ClearOutcome.Unmapped : ClearOutcome.Refused;
                retries = 0;
            }

            if (retries > MaxRetries)
            {
                break;
            }
        }

        return 0;
    }

    private static int CountDone(ReadOnlySpan<SysMman.IoVector> batch, long bytes)
    {
        int done = 0;
        for (ulong left = (ulong)bytes; done < batch.Length && left >= batch[done].Length; done++)
        {
            left -= batch[done].Length;
        }

        return done;
    }
}
