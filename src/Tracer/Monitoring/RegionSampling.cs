namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// The samples of one sampling interval: for each region that holds memory the kernel's one, which nr_accesses counts, and extra ones where they
/// teach most. All fall on memory, each page of a region equally likely. Allocates only while the number of samples grows.
/// </summary>
internal sealed class RegionSampling(RegionArray regions, PopulatedMemory populated)
{
    private const int None = -1;
    private const int MaxHits = 4_096;
    private const double MinWeight = 0.05;

    private readonly List<ulong> _hits = new(MaxHits);
    private ulong[] _addresses = [];
    private AccessState[] _states = [];
    private int[] _primary = [];
    private int[] _end = [];
    private double[] _weights = [];
    private double _totalWeight;

    /// <summary>Samples prepared, ascending by address.</summary>
    internal int Count { get; private set; }

    internal ReadOnlySpan<ulong> Addresses => _addresses.AsSpan(0, Count);

    internal Span<AccessState> States => _states.AsSpan(0, Count);

    /// <summary>Accessed extra samples of large regions in this aggregation.</summary>
    internal List<ulong> Hits => _hits;

    /// <summary>
    /// To be called whenever regions or memory have changed: finds out how much memory each region holds. Two binary searches each.
    /// </summary>
    /// <param name="maxNrAccesses">Largest nr_accesses of the aggregation before.</param>
    /// <param name="minRegionSize">Bytes of a page.</param>
    internal void Locate(uint maxNrAccesses, ulong minRegionSize)
    {
        Span<DamonRegion> all = regions.AsSpan();
        if (_weights.Length < all.Length)
        {
            int capacity = Math.Max(all.Length, _weights.Length * 2);
            _weights = new double[capacity];
            _primary = new int[capacity];
            _end = new int[capacity];
        }

        _totalWeight = 0;
        for (int i = 0; i < all.Length; i++)
        {
            ref DamonRegion region = ref all[i];
            region.PopulatedBelow = populated.IsKnown ? populated.Below(region.Start) : 0;
            region.Populated = populated.IsKnown ? populated.Below(region.End) - region.PopulatedBelow : region.Size;
            _weights[i] = region.Populated <= Exploration.MinPages * minRegionSize ? 0 : Weight(region, maxNrAccesses);
            _totalWeight += _weights[i];
        }
    }

    /// <summary>Chooses the samples. One draw and one search each, and a sort of each region's few.</summary>
    internal void Draw(IRandomSource random, double extra)
    {
        Span<DamonRegion> all = regions.AsSpan();
        GrowBuffers(all.Length + (int)extra + 1);
        double perWeight = _totalWeight > 0 ? extra / _totalWeight : 0;
        double due = perWeight > 0 ? (random.NextUInt64() >> 11) * (1.0 / (1ul << 53)) : 0;
        Count = 0;
        for (int i = 0; i < all.Length; i++)
        {
            ref DamonRegion region = ref all[i];
            if (region.Populated == 0)
            {
                _primary[i] = None;
                _end[i] = Count;
                continue;
            }

            int first = Count;
            region.SamplingAddress = AddressIn(random, region);
            _addresses[Count++] = region.SamplingAddress;
            for (due += perWeight * _weights[i]; due >= 1 && Count < _addresses.Length; due--)
            {
                _addresses[Count++] = AddressIn(random, region);
            }

            Span<ulong> own = _addresses.AsSpan(first, Count - first);
            if (own.Length > 1)
            {
                own.Sort();
            }

            _primary[i] = first + own.BinarySearch(region.SamplingAddress);
            _end[i] = Count;
        }
    }

    /// <summary>Counts what was found. One pass over the samples.</summary>
    /// <param name="unclearable">Receives the number of regions whose own sample nothing makes old.</param>
    /// <param name="unprepared">Receives the number of regions whose own sample was not prepared in time.</param>
    internal void Tally(ref uint unclearable, ref uint unprepared)
    {
        Span<DamonRegion> all = regions.AsSpan();
        int sample = 0;
        for (int i = 0; i < all.Length; i++)
        {
            ref DamonRegion region = ref all[i];
            bool hasExtra = _end[i] - sample > 1;
            for (; sample < _end[i]; sample++)
            {
                AccessState state = _states[sample];
                region.Tally.Add(state);
                if (hasExtra && state == AccessState.Accessed && _hits.Count < MaxHits)
                {
                    _hits.Add(_addresses[sample]);
                }
            }

            if (_primary[i] != None)
            {
                AccessState own = _states[_primary[i]];
                region.NrAccesses += own == AccessState.Accessed ? 1u : 0u;
                unclearable += own == AccessState.Unclearable ? 1u : 0u;
                unprepared += own == AccessState.Unprepared ? 1u : 0u;
            }
        }
    }

    /// <summary>Forgets the samples.</summary>
    internal void Clear() => Count = 0;

    /// <summary>
    /// By size, and by what a sample may teach there: the error of a share p goes with sqrt(p (1 - p)), which is 1/2 at most. Where nearly nothing was accessed
    /// there may be something small to find. Where nearly everything was, there is neither, and making a hot page old is what costs most: a flush
    /// of other CPUs' TLBs. The share was known before these samples are drawn, so it does not bias them.
    /// </summary>
    private static double Weight(in DamonRegion region, uint maxNrAccesses)
    {
        double share = Math.Min(1, (double)region.LastNrAccesses / maxNrAccesses);
        return region.Populated * (Math.Max(1 - share, MinWeight) + (2 * Math.Sqrt(share * (1 - share))));
    }

    private ulong AddressIn(IRandomSource random, in DamonRegion region) => populated.IsKnown
        ? populated.AddressAt(region.PopulatedBelow + UniformDraw.Below(random, region.Populated))
        : UniformDraw.AddressIn(random, region);

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
