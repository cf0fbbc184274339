using System.Diagnostics;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>One monitored address space with its regions, sorted and disjoint.</summary>
public sealed class DamonTarget
{
    // Up to this part of max_nr_regions.
    private const int ShareToWiden = 4;

    private readonly RegionSampling _sampling;
    private readonly SweptPages _sweptPages = new();
    private bool _isLocated;
    private uint _nrSamples;
    private uint _nrUnclearable;
    private uint _nrUnprepared;

    /// <summary>A target without regions.</summary>
    public DamonTarget()
    {
        _sampling = new RegionSampling(RegionArray, Populated);
    }

    /// <summary>Number of the target in its context, in the order of adding and never reused: the target_id of every event.</summary>
    public required ulong TargetId { get; init; }

    /// <summary>Where the mappings come from; null for a target whose regions were given and stay as they are.</summary>
    public IAddressSpace? AddressSpace { get; init; }

    /// <summary>How accesses are known; null for a target that is only described. It belongs to the caller, who disposes it.</summary>
    public IAccessCheck? AccessCheck { get; init; }

    /// <summary>Checks made in the current aggregation: the largest nr_accesses possible.</summary>
    public uint NrSamples { get => _nrSamples; init => _nrSamples = value; }

    /// <summary>Samples of the current aggregation that fell on pages whose accessed bit cannot be cleared.</summary>
    public uint NrUnclearable { get => _nrUnclearable; init => _nrUnclearable = value; }

    /// <summary>Samples of the current aggregation that had not been prepared in time.</summary>
    public uint NrUnprepared { get => _nrUnprepared; init => _nrUnprepared = value; }

    /// <summary>The regions as they are now; valid until the next step of the context.</summary>
    public ReadOnlySpan<DamonRegion> Regions => RegionArray.AsSpan();

    /// <summary>Bytes of memory the target holds; 0 before it is known.</summary>
    public ulong PopulatedBytes => Populated.Size;

    /// <summary>Ranges that hold memory as of the latest regions update, ascending and disjoint; empty where the kernel cannot be asked.</summary>
    public ReadOnlySpan<AddressRange> PopulatedRanges => Populated.Ranges;

    /// <summary>Counts the readings of <see cref="PopulatedRanges"/>.</summary>
    public uint PopulatedGeneration { get; internal set; }

    /// <summary>Share of the memory that only a sweep makes old, as of the latest aggregation.</summary>
    public double SweptShare { get; private set; }

    internal RegionArray RegionArray { get; } = new();

    internal PopulatedMemory Populated { get; } = new();

    /// <summary>True when the regions are the mappings themselves.</summary>
    internal bool IsMappingGranular => AddressSpace is not null && AccessCheck?.Granularity == AccessGranularity.Mapping;

    /// <summary>
    /// Takes over what a sweep has shown: which of the pages that only it makes old were accessed since. Bounded by the pages.
    /// </summary>
    /// <param name="followed">After a look that came after the sweep.</param>
    public void OnSwept(FollowedPages followed)
    {
        ArgumentNullException.ThrowIfNull(followed);
        _sweptPages.Set(followed);
    }

    /// <summary>
    /// Chooses the samples and makes their pages old. Bounded by the number of regions and extra samples: a draw and a search each, then a single call
    /// for the whole batch; allocates only while the buffers still grow.
    /// </summary>
    /// <param name="random">Chooses.</param>
    /// <param name="attributes">In force.</param>
    /// <param name="extra">Samples beside the one of each region.</param>
    /// <param name="minRegionSize">Bytes of a page.</param>
    internal void PrepareAccessChecks(IRandomSource random, DamonAttributes attributes, double extra, ulong minRegionSize)
    {
        _sampling.Clear();
        if (AccessCheck is null || RegionArray.Count == 0)
        {
            return;
        }

        if (!_isLocated)
        {
            _sampling.Locate(attributes.MaxNrAccesses, minRegionSize);
            _isLocated = true;
        }

        _sampling.Draw(random, AccessCheck is IYoungPages ? extra : 0);
        AccessCheck.MakeOld(_sampling.Addresses);
    }

    /// <summary>Checks the prepared addresses and counts. Bounded by the number of samples; allocates nothing.</summary>
    internal void CheckAccesses()
    {
        if (AccessCheck is null || _sampling.Count == 0)
        {
            return;
        }

        Span<AccessState> states = _sampling.States;
        states.Clear(); // what a failing check leaves out counts as not accessed
        if (_sampling.Count == RegionArray.Count)
        {
            AccessCheck.ReadYoung(RegionArray.AsSpan(), _sampling.Addresses, states);
        }
        else
        {
            AccessCheck.ReadYoung(_sampling.Addresses, states);
        }

        _sampling.Tally(ref _nrUnclearable, ref _nrUnprepared);
        _nrSamples++;
        _sampling.Clear();
    }

    /// <summary>The end of an aggregation, before merging: what the samples say about every region.</summary>
    internal void Conclude()
    {
        double swept = 0;
        double resident = 0;
        foreach (ref DamonRegion region in RegionArray.AsSpan())
        {
            double share = region.Tally.SweptShare;
            RegionEstimation.Conclude(ref region, _nrSamples, share > 0 ? _sweptPages.Of(region.Start, region.End) : default);
            resident += region.Estimate.Resident;
            swept += region.Estimate.Resident * share;
        }

        SweptShare = resident > 0 ? swept / resident : 0;
    }

    /// <summary>
    /// Cuts small regions around what was accessed in large cold ones, and pieces beside what is hot; returns by how many regions it grew. Pieces beside
    /// what is hot are for finding few sets early: among many they would take the regions that the kernel's splitting needs.
    /// </summary>
    internal int Explore(long nrRegions, DamonAttributes attributes, ulong minRegionSize)
    {
        int before = RegionArray.Count;
        if (AccessCheck is IYoungPages)
        {
            Exploration.Widen(RegionArray, attributes.MaxNrAccesses, (attributes.MaxNrRegions / ShareToWiden) - nrRegions, minRegionSize);
        }

        if (_sampling.Hits.Count > 0)
        {
            long widened = RegionArray.Count - before;
            Exploration.Cut(RegionArray, _sampling.Hits, attributes.MaxNrRegions - nrRegions - widened, minRegionSize);
            _sampling.Hits.Clear();
        }

        return RegionArray.Count - before;
    }

    /// <summary>Regions or memory have changed.</summary>
    internal void OnRegionsChanged() => _isLocated = false;

    /// <summary>Begins a new aggregation: what was counted becomes the last one's.</summary>
    internal void ResetAggregated()
    {
        foreach (ref DamonRegion region in RegionArray.AsSpan())
        {
            region.LastNrAccesses = region.NrAccesses;
            region.NrAccesses = 0;
        }

        ResetCounters();
    }

    /// <summary>Drops what the current aggregation has counted beside nr_accesses.</summary>
    internal void ResetCounters()
    {
        foreach (ref DamonRegion region in RegionArray.AsSpan())
        {
            region.Tally = default;
        }

        OnRegionsChanged();
        _nrSamples = 0;
        _nrUnclearable = 0;
        _nrUnprepared = 0;
    }

    [Conditional("DEBUG")]
    internal void CheckInvariants(ulong minRegionSize)
    {
        bool isAligned = AddressSpace is not null && !IsMappingGranular;
        RegionInvariants.Check(Regions, isAligned ? minRegionSize : 1);
    }
}
