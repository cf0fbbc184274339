using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Worker;

/// <summary>Asks a worker to end; made on any thread, noticed by the worker, also while it sleeps.</summary>
internal sealed class StopRequest
{
    // A long interval must not hold up the end of a recording.
    private const long LongestSleepNs = 200_000_000;

    private volatile bool _isMade;

    internal bool IsMade => _isMade;

    internal void Make() => _isMade = true;

    /// <summary>Sleeps until CLOCK_MONOTONIC reaches a time, or for 200 ms more at most once the request is made.</summary>
    internal void SleepUntil(long dueNs)
    {
        long nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        while (dueNs - nowNs > LongestSleepNs && !_isMade)
        {
            Time.SleepUntil(nowNs + LongestSleepNs);
            nowNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        }

        if (!_isMade)
        {
            Time.SleepUntil(dueNs);
        }
    }
}
