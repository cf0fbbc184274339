using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.AccessChecks.Simulated;

/// <summary>
/// One line of the script: a range whose pages are accessed from <see cref="BeginNs"/> until <see cref="EndNs"/>, always or in bursts.
/// </summary>
/// <param name="Range">The pages.</param>
public sealed record SimulatedAccess(AddressRange Range)
{
    /// <summary>Chance that a page is found accessed in a sampling window that overlaps an access, 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>First moment.</summary>
    public long BeginNs { get; init; }

    /// <summary>First moment after the last access.</summary>
    public long EndNs { get; init; } = long.MaxValue;

    /// <summary>From the begin of one burst to the begin of the next; 0 = accessed all the time.</summary>
    public long PeriodNs { get; init; }

    /// <summary>Length of a burst, at least 1.</summary>
    public long BurstNs { get; init; } = 1;

    /// <summary>True when there is an access in [fromNs, toNs).</summary>
    internal bool Overlaps(long fromNs, long toNs)
    {
        long from = Math.Max(fromNs, BeginNs);
        long to = Math.Min(toNs, EndNs);
        if (from >= to)
        {
            return false;
        }

        // In a burst at the start of the window, or the next burst begins before its end.
        long sinceBurst = PeriodNs == 0 ? 0 : (from - BeginNs) % PeriodNs;
        return sinceBurst < BurstNs || from + PeriodNs - sinceBurst < to;
    }
}
