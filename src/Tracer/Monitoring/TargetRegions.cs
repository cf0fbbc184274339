using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Gives a target its regions, at first and at every regions update, from the mappings of its address space.</summary>
internal sealed class TargetRegions(ulong minRegionSize)
{
    /// <summary>More ranges than this are not worth their regions, as ranges with a hole between them never merge.</summary>
    private const int MaxRanges = 32;

    // Page tables cover 2 MiB each: smaller gaps are not worth a region's border.
    private const ulong LargestClosedGap = 2 << 20;

    private readonly List<AddressRange> _mappings = [];
    private readonly List<AddressRange> _populated = [];

    /// <summary>
    /// Adapts the regions to the mappings of now. A target that has no regions yet gets its initial ones: the ranges themselves. If the
    /// mappings cannot be read or there are none, everything stays as it is.
    /// </summary>
    /// <param name="target">The target.</param>
    /// <param name="maxNrRegions">Bound on regions: a quarter of them at most may go to ranges of their own.</param>
    internal void Update(DamonTarget target, uint maxNrRegions)
    {
        if (target.AddressSpace is null || !target.AddressSpace.TryReadMappings(_mappings))
        {
            return;
        }

        ReadOnlySpan<AddressRange> mappings = CollectionsMarshal.AsSpan(_mappings);
        if (target.IsMappingGranular)
        {
            if (!mappings.IsEmpty)
            {
                RegionsUpdate.FollowMappings(target.RegionArray, mappings);
            }
        }
        else if (TryUpdatePopulated(target))
        {
            FitToMonitoredRanges(target, CollectionsMarshal.AsSpan(_populated), maxNrRegions);
        }
        else
        {
            FitToMonitoredRanges(target, mappings, maxNrRegions);
        }

        target.CheckInvariants(minRegionSize);
    }

    /// <summary>Cuts the regions so that all targets together have about min_nr_regions. Mappings are never cut.</summary>
    internal void ApplyMinNrRegions(DamonTarget target, ulong sizeLimit)
    {
        if (target.IsMappingGranular)
        {
            return;
        }

        ulong before = target.RegionArray.TotalSize();
        RegionSizeLimit.ApplyMinNrRegions(target.RegionArray, sizeLimit, minRegionSize);
        RegionInvariants.CheckSizeKept(before, target.RegionArray.TotalSize());
        target.CheckInvariants(minRegionSize);
    }

    /// <summary>What holds no memory can be neither accessed nor cold, so only what does is monitored: a sparse terabyte costs what its memory costs.</summary>
    private bool TryUpdatePopulated(DamonTarget target)
    {
        if (!target.AddressSpace!.TryReadPopulated(_populated))
        {
            return false;
        }

        target.Populated.Set(CollectionsMarshal.AsSpan(_populated));
        target.PopulatedGeneration++;
        target.Populated.Close(LargestClosedGap, _populated);
        return true;
    }

    private void FitToMonitoredRanges(DamonTarget target, ReadOnlySpan<AddressRange> mappings, uint maxNrRegions)
    {
        Span<AddressRange> ranges = stackalloc AddressRange[(int)Math.Clamp(maxNrRegions / 4, ThreeRanges.Count, MaxRanges)];
        int count = MonitoredRanges.Find(mappings, minRegionSize, ranges);
        if (count > 0)
        {
            RegionsUpdate.FitToRanges(target.RegionArray, ranges[..count], minRegionSize);
        }
    }
}
