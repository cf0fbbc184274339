namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Intervals and bounds of a context (struct damon_attrs, include/linux/damon.h). Immutable; intervals in microseconds.</summary>
public sealed record DamonAttributes
{
    /// <summary>Sampling interval: time between making a page old and checking it. 0 is legal and counts as 1.</summary>
    public ulong SampleUs { get; init; } = 5_000;

    /// <summary>Aggregation interval: samples are counted over this time.</summary>
    public ulong AggrUs { get; init; } = 100_000;

    /// <summary>Regions update interval: time after which the mappings of the targets are read again.</summary>
    public ulong UpdateUs { get; init; } = 1_000_000;

    /// <summary>Smallest number of regions to aim at: no merge makes a region larger than the total size divided by it.</summary>
    public uint MinNrRegions { get; init; } = 10;

    /// <summary>Largest number of regions: the bound on the work of one sampling interval.</summary>
    public uint MaxNrRegions { get; init; } = 1_000;

    /// <summary>
    /// Samples per sampling interval beside the one of each region, spread over the memory of large regions: they make estimates exact while there are few
    /// regions, and find small hot sets. 0 leaves DAMON's algorithm alone. Only for checks that follow pages (<see cref="IYoungPages"/>).
    /// </summary>
    public uint ExtraSamples { get; init; }

    /// <summary>Goal of the intervals auto-tuning, or null if the intervals are fixed.</summary>
    public IntervalsGoal? IntervalsGoal { get; init; }

    /// <summary>Checks of one aggregation, and so the largest nr_accesses possible: aggregation / sampling interval, at least 1.</summary>
    public uint MaxNrAccesses => Math.Max(1, DamonArithmetic.SaturateToUInt32(AggrUs / EffectiveSampleUs));

    internal ulong EffectiveSampleUs => Math.Max(1, SampleUs);

    /// <summary>Sampling intervals between two regions updates.</summary>
    internal ulong UpdateSamples => Math.Max(1, UpdateUs / EffectiveSampleUs);

    /// <summary>Tells everything that is wrong with these attributes; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate() => AttributesValidation.Problems(this);

    internal void ThrowIfInvalid(string parameterName)
    {
        IReadOnlyList<string> problems = Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", problems), parameterName);
        }
    }
}
