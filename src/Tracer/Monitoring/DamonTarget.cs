using System.Diagnostics;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>One monitored address space with its regions, sorted and disjoint.</summary>
public sealed class DamonTarget
{
    private ulong[] _addresses = [];
    private AccessState[] _states = [];
    private int _nrPrepared;
    private uint _nrSamples;
    private uint _nrUnclearable;
    private uint _nrUnprepared;

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

    internal RegionArray RegionArray { get; } = new();

    /// <summary>True when the regions are the mappings themselves.</summary>
    internal bool IsMappingGranular => AddressSpace is not null && AccessCheck?.Granularity == AccessGranularity.Mapping;

    /// <summary>
    /// Chooses one address of every region and makes its page old. Bounded by the number of regions: one draw and one store each, then
    /// a single call for the whole batch; allocates only while the buffers still grow.
    /// </summary>
    internal void PrepareAccessChecks(IRandomSource random)
    {
        Span<DamonRegion> regions = RegionArray.AsSpan();
        _nrPrepared = 0;
        if (AccessCheck is null || regions.IsEmpty)
        {
            return;
        }

        GrowBuffers(regions.Length);
        for (int i = 0; i < regions.Length; i++)
        {
            ref DamonRegion region = ref regions[i];
            region.SamplingAddress = UniformDraw.AddressIn(random, region);
            _addresses[i] = region.SamplingAddress;
        }

        AccessCheck.MakeOld(_addresses.AsSpan(0, regions.Length));
        _nrPrepared = regions.Length;
    }

    /// <summary>Checks the prepared addresses and counts. Bounded by the number of regions; allocates nothing.</summary>
    internal void CheckAccesses()
    {
        if (AccessCheck is null || _nrPrepared == 0)
        {
            return;
        }

        Span<DamonRegion> regions = RegionArray.AsSpan();
        Debug.Assert(_nrPrepared == regions.Length, "Regions do not change between prepare and check.");
        Span<AccessState> states = _states.AsSpan(0, regions.Length);
        states.Clear(); // what a failing check leaves out counts as not accessed
        AccessCheck.ReadYoung(regions, _addresses.AsSpan(0, regions.Length), states);
        for (int i = 0; i < states.Length; i++)
        {
            Count(ref regions[i], states[i]);
        }

        _nrSamples++;
        _nrPrepared = 0;
    }

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

    internal void ResetCounters()
    {
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

    private void Count(ref DamonRegion region, AccessState state)
    {
        switch (state)
        {
            case AccessState.Accessed:
                region.NrAccesses++;
                break;
            case AccessState.Unclearable:
                _nrUnclearable++;
                break;
            case AccessState.Unprepared:
                _nrUnprepared++;
                break;
            default:
                break;
        }
    }

    private void GrowBuffers(int length)
    {
        if (_addresses.Length < length)
        {
            int capacity = Math.Max(length, _addresses.Length * 2);
            _addresses = new ulong[capacity];
            _states = new AccessState[capacity];
        }
    }
}
