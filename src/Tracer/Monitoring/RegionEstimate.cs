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

    /// <summary>Variance of <see cref="Touched"/> as an estimate, in bytes squared.</summary>
    public double Variance;

    /// <summary>Adds another region's.</summary>
    public void Add(in RegionEstimate other)
    {
        Resident += other.Resident;
        Unknown += other.Unknown;
        Touched += other.Touched;
        Variance += other.Variance;
    }
}
