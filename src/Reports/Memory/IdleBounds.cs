using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>Which idle times a look at followed pages knows.</summary>
internal static class IdleBounds
{
    /// <summary>
    /// The looks of a pair are as far apart as the shortest bound, but for how exactly a thread wakes up. Later ones do not know it.
    /// </summary>
    private const double ShortTolerance = 0.25;

    /// <summary>The bound in seconds.</summary>
    public static double SecondsOf(int bound) => IdleBuckets.BoundsMs[bound] / 1e3;

    /// <summary>
    /// The last bucket of pages accessed within a bound; -1 where the look does not know: between the latest looks and the pair before, and
    /// for longer than pages have been followed.
    /// </summary>
    public static int LastBucket(in IdlePages idle, int bound)
    {
        double ns = IdleBuckets.BoundsMs[bound] * 1e6;
        if (idle.TimeNs < idle.SinceNs || ns > idle.TimeNs - idle.SinceNs)
        {
            return -1;
        }

        if (Math.Abs(ns - idle.ShortNs) <= ShortTolerance * ns)
        {
            // What the second look of the pair found has been idle for no time. What the first one found was accessed at any time since the
            // pair before and has been idle for just the time between the two: its bucket does not count.
            return Math.Clamp(IdleBuckets.Of(idle.ShortNs) - 1, 0, bound);
        }

        return ns >= idle.LongNs ? bound : -1;
    }

    /// <summary>
    /// The shortest bound known that is not shorter than a time, else the longest known; -1 when none is. A longer one only calls less
    /// memory cold; looks that come too far apart may know nothing between a tenth of a second and the time between them.
    /// </summary>
    public static int For(in IdlePages idle, double seconds)
    {
        int best = -1;
        for (int bound = 0; bound < IdleBuckets.NrBounds && (best < 0 || SecondsOf(best) < seconds); bound++)
        {
            best = LastBucket(in idle, bound) >= 0 ? bound : best;
        }

        return best;
    }
}
