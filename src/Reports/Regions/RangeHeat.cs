using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Regions;

/// <summary>A range of the last snapshot and what the recording says about it.</summary>
internal sealed class RangeHeat
{
    /// <summary>Memory times seconds, summed over the recording.</summary>
    private RangeMemory _memorySum;

    private readonly WeightedShare _writes = new();

    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    /// <summary>Aggregation intervals for which its access frequency has been about the same, at the end.</summary>
    public required uint Age { get; init; }

    /// <summary>Samples of the last aggregation that found it accessed.</summary>
    public required uint NrAccesses { get; init; }

    /// <summary>Heat times bytes times seconds, summed over the recording.</summary>
    public double HeatSum { get; set; }

    /// <summary>
    /// Share of samples that found it accessed, times bytes times seconds; stays 0 where the number of checks is unknown.
    /// </summary>
    public double ShareSum { get; set; }

    /// <summary>Bytes times seconds for which heat was known.</summary>
    public double WeightSum { get; set; }

    /// <summary>Memory in the last snapshot; null where it has no estimates.</summary>
    public RangeMemory? Memory { get; init; }

    public ulong Size => End - Start;

    /// <summary>Mean share of its known memory that was touched in a sampling interval, 0 to 1; null where nothing is known.</summary>
    public double? TouchedShare =>
        _memorySum.Resident - _memorySum.Unknown is > 0 and { } known ? Math.Clamp(_memorySum.Touched / known, 0, 1) : null;

    public double Mean => WeightSum > 0 ? HeatSum / WeightSum : 0;

    /// <summary>Mean share of samples that found it accessed, 0 to 1.</summary>
    public double Share => WeightSum > 0 ? ShareSum / WeightSum : 0;

    /// <summary>Accesses to it that were sampled.</summary>
    public long SampledAccesses { get; private set; }

    /// <summary>Share of them that write, by weight, with its 95 % interval; null where of none it is known.</summary>
    public ShareInterval? Writes => _writes.Interval;

    /// <summary>Adds an access that was sampled.</summary>
    public void Add(in AccessRecord access)
    {
        SampledAccesses++;
        if (access.Writes is { } writes)
        {
            _writes.Add(access.Probe, access.Weight, writes);
        }
    }

    /// <summary>Adds what a region says, times the share of it that is here, times seconds.</summary>
    public void Add(in RegionEstimateRecord estimate, double weight) => _memorySum.Add(in estimate, weight);
}

/// <summary>What samples say about the memory of a range, in bytes.</summary>
internal struct RangeMemory
{
    /// <summary>Memory it holds.</summary>
    public double Resident;

    /// <summary>Of these, bytes about which nothing is known.</summary>
    public double Unknown;

    /// <summary>Touched in one sampling interval.</summary>
    public double Touched;

    /// <summary>Adds the share of a region that is in the range, times seconds.</summary>
    public void Add(in RegionEstimateRecord estimate, double weight)
    {
        Resident += weight * estimate.ResidentPages * RegionEstimateRecord.PageBytes;
        Unknown += weight * estimate.UnknownPages * RegionEstimateRecord.PageBytes;
        Touched += weight * estimate.TouchedPages * RegionEstimateRecord.PageBytes;
    }
}
