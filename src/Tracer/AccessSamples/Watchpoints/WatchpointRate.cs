namespace Damon.Trace.Tracer.AccessSamples.Watchpoints;

/// <summary>
/// From what a look saw to accesses per second: n / window where it saw fewer than it can, else (most - 1) / (time until the last), which is unbiased
/// for accesses at random times (Cox and Lewis, The Statistical Analysis of Series of Events, 1966, chapter 2), at most 14 % low for periodic
/// ones, and wrong by more for those that come in bursts. Time in which the thread was stopped is taken off. For one thread.
/// </summary>
/// <param name="stopNs">How long a stop takes, as measured in this process.</param>
/// <param name="maxHits">Accesses that a look sees at most.</param>
internal sealed class WatchpointRate(double stopNs, int maxHits)
{
    // What a stop costs is known on average only: where the time until the last access was hardly more, the rest is no measure of anything.
    private const double LeastRunning = 0.25;

    // Code between an access and the next one to the same byte that takes no time: an update reads, and writes the same.
    private const ulong BytesOfUpdate = 16;

    /// <summary>How long a stop takes, in nanoseconds.</summary>
    internal double StopNs { get; private set; } = stopNs;

    /// <summary>
    /// Between the two accesses of an update is a stop and nothing else. In the target it takes longer than in a loop of ours, a third on some machines:
    /// what is taken for it follows the median of those seen, by 2 % for each.
    /// </summary>
    internal void Learn(HitList hits, int count)
    {
        const double Step = 1.02;
        for (int i = 1; i < count; i++)
        {
            ref readonly WatchpointHit first = ref hits[i - 1];
            ref readonly WatchpointHit second = ref hits[i];
            if (!first.IsKernel && !second.IsKernel && second.Ip > first.Ip && second.Ip - first.Ip <= BytesOfUpdate)
            {
                StopNs *= second.TimeNs - first.TimeNs > StopNs ? Step : 1 / Step;
            }
        }
    }

    /// <summary>What one of the accesses of a look stands for.</summary>
    /// <param name="hits">What it saw.</param>
    /// <param name="count">How many of them in its window, at least one.</param>
    /// <param name="armedNs">When the window began.</param>
    /// <param name="windowEndNs">When it ended, or would have.</param>
    internal double OfOne(HitList hits, int count, long armedNs, long windowEndNs)
    {
        // While it is stopped the thread accesses nothing; the window may have ended within the last stop.
        long endNs = count < maxHits ? windowEndNs : (long)hits[maxHits - 1].TimeNs;
        double lastNs = Math.Clamp(endNs - (double)hits[count - 1].TimeNs, 0, StopNs);
        double stoppedNs = ((count - 1) * StopNs) + lastNs;

        // Nobody knows exactly when it was armed, and times come from another CPU: so much has passed at the least.
        double passedNs = Math.Max(Math.Max(StopNs, stoppedNs), endNs - armedNs);
        double seconds = Math.Max(passedNs * LeastRunning, passedNs - stoppedNs) / 1e9;
        return (count < maxHits ? 1 : (maxHits - 1.0) / maxHits) / seconds;
    }
}
