using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// The looks at one scope, and what they say about any limit. In a steady state, memory reaches an idle time of T as fast as it is accessed
/// again later than that: the bytes a second that would come back, were everything idle for longer than T taken away, are the density of
/// idle times at T (renewal theory: the density of the age at T is the rate of renewals later than T). Density between two bounds is what
/// was accessed within the longer but not within the shorter, over their distance. It never rises with T, so that of the bins on
/// both sides of T bounds it. What cold memory grows by reaches T and does not come back: it is taken off.
/// </summary>
internal sealed class LimitSeries
{
    private const double Z = 1.96;
    private const double PeakShare = 0.95;

    private readonly List<MemoryPoint>[] _points = [.. Enumerable.Range(0, IdleBuckets.NrBounds).Select(static _ => new List<MemoryPoint>())];
    private readonly Flux[] _flux = [.. Enumerable.Range(0, IdleBuckets.NrBounds).Select(static _ => new Flux())];
    private double _onceSum;
    private long _firstNs;
    private long _lastNs;

    public int Looks { get; private set; }

    public double Seconds => (_lastNs - _firstNs) / 1e9;

    public ulong CountedOnceBytes => Looks == 0 ? 0 : (ulong)(_onceSum / Looks);

    public ulong ResidentBytes => Mean(static point => point.ResidentBytes);

    public ulong UnknownBytes => Mean(static point => point.UnknownBytes);

    /// <summary>The bounds of which something is known, ascending.</summary>
    public IReadOnlyList<int> Known => [.. Enumerable.Range(0, IdleBuckets.NrBounds).Where(bound => _points[bound].Count > 0)];

    /// <summary>Takes a look: 20 bytes for each bound that it knows.</summary>
    public void Add(LimitLook look)
    {
        int before = -1;
        foreach (int bound in look.Known)
        {
            MemoryPoint point = look[bound]!.Value;
            _points[bound].Add(point);

            // What lies between a bound and the one known before it, spread evenly over the bins between the two.
            double seconds = IdleBounds.SecondsOf(bound) - (before < 0 ? 0 : IdleBounds.SecondsOf(before));
            double bytes = point.Bytes - (before < 0 ? 0 : (double)look[before]!.Value.Bytes);
            double quantum = Quantum(point);
            for (int bin = before + 1; bin <= bound; bin++)
            {
                _flux[bin].Add(Math.Max(0, bytes) / seconds, Math.Sqrt(quantum * Math.Max(0, bytes)) / seconds, quantum / seconds);
            }

            before = bound;
        }

        if (before < 0)
        {
            return;
        }

        _firstNs = Looks == 0 ? look.TimeNs : _firstNs;
        _lastNs = look.TimeNs;
        _onceSum += look.CountedOnceBytes;
        Looks++;
    }

    /// <summary>What is needed to hold all that was accessed within a bound, and what nothing is known of: mean of the looks.</summary>
    public double KeepBytes(int bound) => _points[bound].Average(static point => (double)point.Bytes + point.UnknownBytes);

    /// <summary>The same in 95 % of the looks, with the upper end of the interval.</summary>
    public ulong PeakBytes(int bound)
    {
        ulong[] most = [.. _points[bound].Select(static point => Math.Min(point.ResidentBytes, point.HighBytes + point.UnknownBytes)).Order()];
        return most[(int)Math.Ceiling(PeakShare * (most.Length - 1))];
    }

    /// <summary>Resident memory less what is kept: mean of the looks.</summary>
    public double LeavingBytes(int bound) =>
        _points[bound].Average(static point => (double)(point.ResidentBytes - Math.Min(point.ResidentBytes, point.Bytes + point.UnknownBytes)));

    /// <summary>Bytes a second that come back later than a bound.</summary>
    public (double Rate, double Low, double? High) Returns(int bound)
    {
        Flux below = _flux[bound];
        Flux? above = bound + 1 < IdleBuckets.NrBounds && _flux[bound + 1].Count > 0 ? _flux[bound + 1] : null;
        double growth = Growth(bound);
        double rate = above is null ? below.Mean / 2 : Math.Sqrt(below.Mean * above.Mean);
        double low = above is null ? 0 : Math.Min(below.Mean, above.Mean) - above.HalfWidth(Independent(bound));
        double high = Math.Max(below.Mean, above?.Mean ?? 0) + below.HalfWidth(Independent(bound));
        return (Math.Max(0, rate - growth), Math.Max(0, Math.Min(rate, low) - growth), Math.Max(high, rate));
    }

    /// <summary>Bytes a second that come back where the limit lies between the working sets of two bounds.</summary>
    public (double Rate, double Low, double? High) ReturnsBetween(int bound, int next)
    {
        (_, double low, _) = Returns(next);
        (_, _, double? high) = Returns(bound);
        double rate = Math.Max(0, _flux[next].Mean - Growth(next));
        return (rate, Math.Min(low, rate), high is { } most ? Math.Max(most, rate) : null);
    }

    /// <summary>Looks that are as far apart as the bound are independent of each other.</summary>
    private double Independent(int bound) => Math.Max(1, Seconds / Math.Max(IdleBounds.SecondsOf(bound), 1));

    /// <summary>
    /// By how many bytes a second the memory idle for longer than a bound grows: its mean in the last quarter less that in the first.
    /// </summary>
    private double Growth(int bound)
    {
        List<MemoryPoint> points = _points[bound];
        int quarter = points.Count / 4;
        if (quarter == 0 || Seconds <= 0)
        {
            return 0;
        }

        static double Cold(MemoryPoint point) => (double)point.ResidentBytes - point.Bytes - point.UnknownBytes;
        double change = points.TakeLast(quarter).Average(Cold) - points.Take(quarter).Average(Cold);

        // Only looks late enough know of long times; the middles of the two quarters are three quarters of theirs apart.
        return Math.Max(0, change / (Seconds * points.Count / Looks * 0.75));
    }

    private ulong Mean(Func<MemoryPoint, ulong> bytes) =>
        _points.FirstOrDefault(static points => points.Count > 0) is { } points ? (ulong)points.Average(point => (double)bytes(point)) : 0;

    /// <summary>
    /// Bytes that are found together: of a sample of n such pieces the share p has the variance p (1 - p) / n, so the interval of what is
    /// hot tells how large they are, one followed page or a cluster of them.
    /// </summary>
    private static double Quantum(in MemoryPoint point)
    {
        double known = Math.Max(1, (double)point.ResidentBytes - point.UnknownBytes);
        double deviation = ((double)point.HighBytes - point.LowBytes) / 2 / Z;
        return point.Bytes == 0 ? 0 : Square(deviation) / (point.Bytes * Math.Max(0.05, 1 - (point.Bytes / known)));
    }

    private static double Square(double value) => value * value;

    /// <summary>Bytes a second that reach an idle time, over the looks.</summary>
    private sealed class Flux
    {
        private double _sum;
        private double _squares;
        private double _errorSquares;
        private double _quanta;

        internal int Count { get; private set; }

        internal double Mean => Count == 0 ? 0 : _sum / Count;

        internal void Add(double rate, double error, double quantum)
        {
            _quanta += quantum;
            Count++;
            _sum += rate;
            _squares += rate * rate;
            _errorSquares += error * error;
        }

        /// <summary>
        /// Half of the 95 % interval of the mean: how much looks differ, and how exact each is. Where nothing was found in so many looks,
        /// three pieces in all of them together may be there all the same (the rule of three).
        /// </summary>
        internal double HalfWidth(double independent)
        {
            double variance = Math.Max(0, (_squares / Count) - Square(Mean)) + (_errorSquares / Count);
            double looks = Math.Min(independent, Count);
            return Math.Max(Z * Math.Sqrt(variance / looks), 3 * _quanta / Count / looks);
        }
    }
}
