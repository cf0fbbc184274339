using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Footprints;

namespace Damon.Trace.Reports.Compare;

/// <summary>
/// What one recording says of one target. Memory: the working sets (8 bytes a snapshot), names, a bounded number of ranges.
/// </summary>
internal sealed class TargetUse
{
    /// <summary>
    /// Ten initial regions double at most with each aggregation: before, a coarse region makes everything in it look accessed.
    /// </summary>
    private const int AdaptationSnapshots = 10;

    private const int MaxRanges = 4096;

    private readonly Dictionary<string, MappingUse> _mappings = [];
    private readonly List<(string? Name, ulong Bytes)> _parts = [];

    public required TargetIdentity Identity { get; init; }

    /// <summary>Start time of the process in clock ticks after boot, where described.</summary>
    public ulong? StartTimeTicks { get; set; }

    public FootprintsSeries Sizes { get; } = new(0);

    public int Snapshots { get; private set; }

    public bool HzKnown { get; private set; }

    /// <summary>Accessed ranges once the regions have adapted.</summary>
    public RangeSet Accessed { get; } = new(MaxRanges);

    /// <summary>
    /// Touched pages of the last snapshot that looked at every page once (one sample, with estimates); null where none did.
    /// </summary>
    public RangeSet? Touched { get; private set; }

    /// <summary>The mappings in force at the snapshot of <see cref="Touched"/>, in address order.</summary>
    public IReadOnlyList<MappingDescription> TouchedMappings { get; private set; } = [];

    /// <summary>By name; the empty name is memory of which no mapping is known.</summary>
    public IReadOnlyDictionary<string, MappingUse> Mappings => _mappings;

    /// <summary>Bound by regions + mappings they touch; no allocation once all names were seen.</summary>
    public void Add(Snapshot snapshot, TargetCatalog catalog, double? hzPerAccess)
    {
        Snapshots++;
        HzKnown |= hzPerAccess is not null;
        Touched = TouchedIn(snapshot);
        TouchedMappings = Touched is null ? [] : catalog.MappingsOf(snapshot.TargetId);
        Sizes.AddWorkingSet(WorkingSet.SizeOf(snapshot, accessThreshold: 1));
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            catalog.Split(snapshot.TargetId, region.Start, region.End, _parts);
            foreach ((string? name, ulong bytes) in _parts)
            {
                MappingUse use = Of(name ?? "");
                use.MonitoredBytes += bytes;
                use.AccessedBytes += region.NrAccesses > 0 ? bytes : 0;
                use.HzBytes += region.NrAccesses * (hzPerAccess ?? 0) * bytes;
            }

            if (region.NrAccesses > 0 && Snapshots > AdaptationSnapshots)
            {
                Accessed.Add(region.Start, region.End);
            }
        }
    }

    public void Add(in Footprint footprint) => Sizes.Add(in footprint);

    /// <summary>
    /// Of an exact snapshot, whose regions are runs of pages that were touched or not; null where runs were joined to fewer regions, and so
    /// some of a region's pages were touched and others not.
    /// </summary>
    private static RangeSet? TouchedIn(Snapshot snapshot)
    {
        if (snapshot.NrSamples != 1 || snapshot.Estimates.IsEmpty)
        {
            return null;
        }

        RangeSet touched = new(int.MaxValue);
        for (int i = 0; i < snapshot.Count; i++)
        {
            ref readonly RegionEvent region = ref snapshot.Regions[i];
            ref readonly RegionEstimateRecord pages = ref snapshot.Estimates[i];
            bool isWhole = region.End - region.Start == (ulong)pages.ResidentPages * RegionEstimateRecord.PageBytes;
            if (pages.TouchedErrorPages > 0 || (pages.TouchedPages > 0 && !(isWhole && pages.TouchedPages == pages.ResidentPages)))
            {
                return null;
            }

            if (pages.TouchedPages > 0)
            {
                touched.Add(region.Start, region.End);
            }
        }

        return touched;
    }

    private MappingUse Of(string name)
    {
        if (!_mappings.TryGetValue(name, out MappingUse? use))
        {
            _mappings.Add(name, use = new MappingUse());
        }

        return use;
    }
}
