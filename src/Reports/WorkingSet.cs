using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>The working set of a snapshot.</summary>
public static class WorkingSet
{
    /// <summary>Sum of the sizes in bytes of regions accessed at least so often. Bound by the regions; no allocation.</summary>
    public static ulong SizeOf(Snapshot snapshot, uint accessThreshold)
    {
        ulong bytes = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            if (region.NrAccesses >= accessThreshold && region.End > region.Start)
            {
                bytes += region.End - region.Start;
            }
        }

        return bytes;
    }
}
