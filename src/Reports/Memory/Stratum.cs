using System.Runtime.CompilerServices;
using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>Memory of which one share is estimated.</summary>
internal struct Stratum
{
    /// <summary>Pages of 4 KiB it holds.</summary>
    public ulong ResidentPages;

    /// <summary>Followed pages about which nothing is known.</summary>
    public long NrUnknown;

    /// <summary>It has gone into the stratum of all that are too small.</summary>
    public bool IsPooled;

    private PagesByBucket _pages;
    private long _known;

    /// <summary>Followed pages.</summary>
    public readonly long Draws => _known + NrUnknown;

    /// <summary>Bytes it holds.</summary>
    public readonly ulong ResidentBytes => ResidentPages * RegionEstimateRecord.PageBytes;

    public void Add(in IdleRecord record)
    {
        ResidentPages += record.ResidentPages;
        NrUnknown += record.NrUnknown;
        for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
        {
            _pages[bucket] += record.NrPages[bucket];
            _known += record.NrPages[bucket];
        }
    }

    public void Add(in Stratum other)
    {
        ResidentPages += other.ResidentPages;
        NrUnknown += other.NrUnknown;
        _known += other._known;
        for (int bucket = 0; bucket < IdleBuckets.Count; bucket++)
        {
            _pages[bucket] += other._pages[bucket];
        }
    }

    /// <summary>
    /// Bytes hot and unknown when pages in buckets up to the last are hot. Memory of which no page is followed is unknown. A stratum that
    /// holds fewer pages than are followed was read at another time than the pages: then all are.
    /// </summary>
    public readonly StratumEstimate Estimate(int lastBucket)
    {
        double bytes = ResidentBytes;
        ShareInterval share = ShareInterval.OfDraws(Hits(lastBucket), Draws, ResidentPages);
        ulong hotBytes = (ulong)Math.Round(bytes * share.Share);
        ulong unknownBytes = Draws == 0 ? ResidentBytes : (ulong)Math.Round(bytes * NrUnknown / Draws);
        return new StratumEstimate(
            ResidentBytes, hotBytes, Math.Min(unknownBytes, ResidentBytes - hotBytes),
            bytes * share.Low, Draws == 0 ? 0 : bytes * share.High);
    }

    /// <summary>Followed pages in buckets up to the last.</summary>
    public readonly long Hits(int lastBucket)
    {
        long hits = 0;
        for (int bucket = 0; bucket <= lastBucket; bucket++)
        {
            hits += _pages[bucket];
        }

        return hits;
    }

    /// <summary>Followed pages for each bucket of <see cref="IdleBuckets"/>.</summary>
    [InlineArray(IdleBuckets.Count)]
    private struct PagesByBucket
    {
        private long _first;
    }
}

/// <summary>What is estimated of a stratum; the bounds are those of the hot bytes.</summary>
internal readonly record struct StratumEstimate(
    ulong ResidentBytes, ulong HotBytes, ulong UnknownBytes, double LowBytes, double HighBytes)
{
    /// <summary>As the states of the stratum alone.</summary>
    public MemoryStates ToStates(ulong? notPopulatedBytes) => new()
    {
        HotBytes = HotBytes,
        HotLowBytes = (ulong)Math.Round(LowBytes),
        HotHighBytes = (ulong)Math.Round(HighBytes),
        ColdBytes = ResidentBytes - HotBytes - UnknownBytes,
        UnknownBytes = UnknownBytes,
        ResidentBytes = ResidentBytes,
        NotPopulatedBytes = notPopulatedBytes,
    };
}
