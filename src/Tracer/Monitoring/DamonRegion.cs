namespace Damon.Trace.Tracer.Monitoring;

/// <summary>A range of addresses assumed to be accessed alike; one page of it is sampled for all (struct damon_region, include/linux/damon.h).</summary>
public struct DamonRegion
{
    /// <summary>First byte.</summary>
    public ulong Start;

    /// <summary>First byte after the region.</summary>
    public ulong End;

    /// <summary>The address checked in the current sampling interval.</summary>
    public ulong SamplingAddress;

    /// <summary>Samples of the current aggregation in which the region was found accessed.</summary>
    public uint NrAccesses;

    /// <summary>NrAccesses of the aggregation before.</summary>
    public uint LastNrAccesses;

    /// <summary>Aggregation intervals for which the access frequency has stayed about the same.</summary>
    public uint Age;

    /// <summary>
    /// What all samples of the finished aggregation say about the region's memory. Set before regions are merged and added up when they
    /// are, so that nothing is rounded away; valid while the aggregation is emitted.
    /// </summary>
    public RegionEstimate Estimate;

    /// <summary><see cref="Age"/> as the time that really passed, in nanoseconds: an aggregation may take longer than its interval.</summary>
    internal long AgeNs;

    internal SampleTally Tally;

    /// <summary>All samples of the finished aggregation and how many of them were accessed.</summary>
    internal uint WindowSamples;

    /// <inheritdoc cref="WindowSamples"/>
    internal uint WindowAccessed;

    /// <summary>Bytes of memory below the region and in it, where what is populated is known; else 0 and the region's size.</summary>
    internal ulong PopulatedBelow;

    /// <inheritdoc cref="PopulatedBelow"/>
    internal ulong Populated;

    /// <summary>Nothing is known about more than half of its memory, so it is neither hot nor cold.</summary>
    public readonly bool IsUnknown => Estimate.Unknown * 2 > Estimate.Resident;

    /// <summary>For how long the access frequency has stayed about the same, of targets that schemes are applied to measured with a clock.</summary>
    public readonly TimeSpan Unchanged => TimeSpan.FromMicroseconds(AgeNs / 1_000.0);

    /// <summary>Length in bytes.</summary>
    public readonly ulong Size => End - Start;
}
