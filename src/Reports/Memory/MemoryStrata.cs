using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>
/// Estimates from followed pages, stratified by the names of mappings: of each name it is known exactly how much memory it holds, and the
/// followed pages say which share of that was accessed. Names too small for a share of their own are one stratum. The derivation is in
/// docs/reports.md. Allocates only while the number of names grows.
/// </summary>
internal sealed class MemoryStrata
{
    /// <summary>
    /// Followed pages that a name is expected to have for a share of its own. Decided by size and never by what was drawn, which would
    /// bias.
    /// </summary>
    private const double MinPages = 8;

    private Stratum[] _strata = new Stratum[16];

    /// <summary>Strata filled: one per group, and behind them the one of all that are too small.</summary>
    public int Count { get; private set; }

    /// <summary>Index of the stratum of all groups that are too small.</summary>
    public int Pool => Count - 1;

    public ref readonly Stratum this[int index] => ref _strata[index];

    /// <summary>Sorts the records of a look into strata.</summary>
    /// <param name="records">The records.</param>
    /// <param name="groups">The group of each mapping; a mapping beyond it, and those without a record of their own, are pooled.</param>
    /// <param name="nrGroups">Number of groups.</param>
    public void Fill(ReadOnlySpan<IdleRecord> records, ReadOnlySpan<int> groups, int nrGroups)
    {
        Count = nrGroups + 1;
        if (_strata.Length < Count)
        {
            _strata = new Stratum[Math.Max(Count, _strata.Length * 2)];
        }

        Span<Stratum> strata = _strata.AsSpan(0, Count);
        strata.Clear();
        double resident = 0;
        double followed = 0;
        uint beyond = 0;
        bool hasOthers = false;
        foreach (ref readonly IdleRecord record in records)
        {
            hasOthers |= record.Mapping == IdleRecord.OtherMappings;
            beyond = record.Mapping == IdleRecord.OtherMappings ? beyond : Math.Max(beyond, record.Mapping + 1);
            ref Stratum stratum = ref strata[record.Mapping < (uint)groups.Length ? groups[(int)record.Mapping] : Pool];
            stratum.Add(in record);
        }

        foreach (ref readonly Stratum stratum in strata)
        {
            resident += stratum.ResidentPages;
            followed += stratum.Draws;
        }

        // Records come in address order: the mappings behind the last are among the others, as far as they hold memory.
        for (uint i = beyond; hasOthers && i < (uint)groups.Length; i++)
        {
            MoveToPool(strata, ref strata[groups[(int)i]]);
        }

        PoolSmall(strata, resident == 0 ? 0 : followed / resident);
    }

    /// <summary>The states of the whole target.</summary>
    /// <param name="lastBucket">Pages in buckets up to this one are hot.</param>
    /// <param name="changes">Neighbours of all followed pages of which one is hot and the other is not.</param>
    /// <param name="notPopulatedBytes">What is mapped without memory behind it.</param>
    public MemoryStates Sum(int lastBucket, int changes, ulong? notPopulatedBytes)
    {
        ulong hot = 0;
        ulong unknown = 0;
        ulong pages = 0;
        long hits = 0;
        long draws = 0;
        for (int i = 0; i < Count; i++)
        {
            StratumEstimate estimate = _strata[i].Estimate(lastBucket);
            hot += estimate.HotBytes;
            unknown += estimate.UnknownBytes;
            pages += _strata[i].ResidentPages;
            hits += _strata[i].Hits(lastBucket);
            draws += _strata[i].Draws;
        }

        double resident = pages * (double)RegionEstimateRecord.PageBytes;
        ShareInterval share = ShareInterval.OfBlocks(hits, draws, changes, pages);
        double below = (share.Share - share.Low) * resident;
        double above = (share.High - share.Share) * resident;
        return new MemoryStates
        {
            HotBytes = hot,
            HotLowBytes = (ulong)Math.Max(0, Math.Round(hot - below)),
            HotHighBytes = draws == 0 ? 0 : (ulong)Math.Min(resident, Math.Round(hot + above)),
            ColdBytes = (pages * RegionEstimateRecord.PageBytes) - hot - unknown,
            UnknownBytes = unknown,
            ResidentBytes = pages * RegionEstimateRecord.PageBytes,
            NotPopulatedBytes = notPopulatedBytes,
        };
    }

    private void PoolSmall(Span<Stratum> strata, double followedShare)
    {
        foreach (ref Stratum stratum in strata[..Pool])
        {
            if (stratum.ResidentPages > 0 && stratum.ResidentPages * followedShare < MinPages)
            {
                MoveToPool(strata, ref stratum);
            }
        }
    }

    private void MoveToPool(Span<Stratum> strata, ref Stratum stratum)
    {
        strata[Pool].Add(in stratum);
        stratum = new Stratum { IsPooled = true };
    }
}
