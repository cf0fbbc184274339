using Damon.Trace.Events;

namespace Damon.Trace.Reports.Regions;

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
