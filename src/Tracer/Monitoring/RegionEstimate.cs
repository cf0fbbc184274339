namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Unbiased estimates for the memory of one region, in bytes; they add up over regions. Every sample is a random page of the memory that the
/// region holds, so resident bytes x share of valid samples accessed estimates the bytes touched in one sampling interval, whatever the
/// pattern: solid, strided or random.
/// </summary>
public struct RegionEstimate
{
    /// <summary>Bytes of memory the region holds: present pages.</summary>
    public double Resident;

    /// <summary>Of these, bytes about which nothing is known: no valid sample fell on their kind of page.</summary>
    public double Unknown;

    /// <summary>Bytes touched in one sampling interval, mean over the windows of the aggregation; at most Resident - Unknown.</summary>
    public double Touched;

    /// <summary>Unbiased estimate of the variance of <see cref="Touched"/>, in bytes squared.</summary>
    public double Variance;

    /// <summary>Valid samples behind it.</summary>
    public double Samples;

    /// <summary>
    /// Standard error of <see cref="Touched"/> in bytes. One more sample's worth of memory is added to the variance: where no sample at all was
    /// accessed, a little may have been (of n samples without a hit, a share of 1 / n would give one).
    /// </summary>
    public readonly double StandardError
    {
        get
        {
            double perSample = Resident / (Samples + 2);
            return Math.Sqrt(Variance + (perSample * perSample));
        }
    }

    /// <summary>That of a part of the region, as if it were like the whole.</summary>
    internal readonly RegionEstimate Part(double share) => new()
    {
        Resident = Resident * share,
        Unknown = Unknown * share,
        Touched = Touched * share,
        Variance = Variance * share,
        Samples = Samples * share,
    };

    /// <summary>Adds another region's.</summary>
    public void Add(in RegionEstimate other)
    {
        Resident += other.Resident;
        Unknown += other.Unknown;
        Touched += other.Touched;
        Variance += other.Variance;
        Samples += other.Samples;
    }
}
