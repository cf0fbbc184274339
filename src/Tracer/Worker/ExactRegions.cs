using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// The pages of an exact scan as regions of a snapshot: runs of pages in one state, so that nothing is lost. Where there are more of them than
/// allowed, small ones and small gaps are swallowed by their neighbours, the smallest first; what is touched is still known to the page by
/// the estimates, only no longer where in the region. Memory is bound by the number of regions allowed.
/// </summary>
internal sealed class ExactRegions
{
    private const ulong GapPerSlack = 256;

    private readonly int _limit;
    private DamonRegion[] _regions = [];
    private RegionEstimateRecord[] _records = [];
    private Aged[] _previous = [];
    private int _nrPrevious;
    private int _count;

    /// <param name="limit">Regions at most, 1 or more.</param>
    internal ExactRegions(int limit) => _limit = limit;

    /// <summary>In address order.</summary>
    internal ReadOnlySpan<DamonRegion> Regions => _regions.AsSpan(0, _count);

    /// <summary>One record per region; the standard errors are 0.</summary>
    internal ReadOnlySpan<RegionEstimateRecord> Records => _records.AsSpan(0, _count);

    /// <summary>There were more runs than regions are allowed.</summary>
    internal bool IsJoined { get; private set; }

    /// <summary>Takes over a scan; ages go on from the one before.</summary>
    internal SnapshotMemory Fill(ExactPages pages)
    {
        ulong slack = 0;
        int count = Join(pages, slack, emit: false);
        while (count > _limit)
        {
            slack = slack == 0 ? (ulong)Unistd.PageSize : slack * 2;
            count = Join(pages, slack, emit: false);
        }

        IsJoined = slack > 0;
        EnsureCapacity(count);
        _count = 0;
        _ = Join(pages, slack, emit: true);
        Age();
        return new SnapshotMemory
        {
            ResidentBytes = pages.KnownBytes + pages.UnknownBytes,
            UnknownBytes = pages.UnknownBytes,
            TouchedBytes = pages.TouchedBytes,
            TouchedErrorBytes = 0,
        };
    }

    /// <summary>Number of regions when runs and gaps up to a size are swallowed; bound by the runs of pages.</summary>
    private int Join(ExactPages pages, ulong slack, bool emit)
    {
        int count = 0;
        Joined current = default;
        foreach (ExactRegion run in pages.Regions())
        {
            if (current.End > 0 && MayJoin(current, run, slack))
            {
                current.Add(run);
                continue;
            }

            count += current.End > 0 ? 1 : 0;
            Emit(current, emit);
            current = default;
            current.Start = run.Start;
            current.Add(run);
        }

        count += current.End > 0 ? 1 : 0;
        Emit(current, emit);
        return count;
    }

    /// <summary>
    /// Runs of one state stay of one state across a gap, in which nothing is; where they are of two, a wide gap says more than either.
    /// </summary>
    private static bool MayJoin(in Joined current, in ExactRegion run, ulong slack)
    {
        ulong gap = run.Start - current.End;
        return run.State == current.LastState
            ? gap / GapPerSlack <= slack && (gap == 0 || slack > 0)
            : gap <= slack && slack > 0 && (run.Size <= slack || current.End - current.Start <= slack);
    }

    private void Emit(in Joined joined, bool emit)
    {
        if (!emit || joined.End == 0)
        {
            return;
        }

        ulong resident = joined.Touched + joined.Untouched + joined.Unknown;
        _regions[_count] = new DamonRegion
        {
            Start = joined.Start,
            End = joined.End,
            NrAccesses = joined.Touched > 0 && joined.Touched >= joined.Untouched ? 1u : 0,
            Estimate = new RegionEstimate { Resident = resident, Unknown = joined.Unknown, Touched = joined.Touched },
        };
        _records[_count++] = new RegionEstimateRecord
        {
            ResidentPages = Pages(resident),
            UnknownPages = Pages(joined.Unknown),
            TouchedPages = Pages(joined.Touched),
            TouchedErrorPages = 0,
        };
    }

    /// <summary>
    /// Mean over a region's bytes, as DAMON has it of merged regions: one more than before where the state is the same, 0 where it is another
    /// one or there was no region.
    /// </summary>
    private void Age()
    {
        int first = 0;
        for (int i = 0; i < _count; i++)
        {
            ref DamonRegion region = ref _regions[i];
            while (first < _nrPrevious && _previous[first].End <= region.Start)
            {
                first++;
            }

            double sum = 0;
            for (int p = first; p < _nrPrevious && _previous[p].Start < region.End; p++)
            {
                ref readonly Aged before = ref _previous[p];
                if (before.NrAccesses == region.NrAccesses && before.IsUnknown == region.IsUnknown)
                {
                    sum += (Math.Min(region.End, before.End) - (double)Math.Max(region.Start, before.Start)) * (before.Age + 1.0);
                }
            }

            region.Age = (uint)Math.Min(uint.MaxValue, sum / region.Size);
        }

        _nrPrevious = _count;
        for (int i = 0; i < _count; i++)
        {
            ref readonly DamonRegion region = ref _regions[i];
            _previous[i] = new Aged(region.Start, region.End, region.NrAccesses, region.IsUnknown, region.Age);
        }
    }

    private void EnsureCapacity(int count)
    {
        if (_regions.Length < count)
        {
            int capacity = Math.Min(_limit, Math.Max(count, _regions.Length * 2));
            _regions = new DamonRegion[capacity];
            _records = new RegionEstimateRecord[capacity];
            Array.Resize(ref _previous, capacity);
        }
    }

    private static uint Pages(ulong bytes) => (uint)Math.Min(uint.MaxValue, bytes / RegionEstimateRecord.PageBytes);

    /// <summary>A region that is being put together.</summary>
    private struct Joined
    {
        internal ulong Start;
        internal ulong End;
        internal ulong Touched;
        internal ulong Untouched;
        internal ulong Unknown;
        internal ExactState LastState;

        internal void Add(in ExactRegion run)
        {
            End = run.End;
            LastState = run.State;
            Touched += run.State == ExactState.Touched ? run.Size : 0;
            Untouched += run.State == ExactState.Untouched ? run.Size : 0;
            Unknown += run.State == ExactState.Unknown ? run.Size : 0;
        }
    }

    /// <summary>A region of the snapshot before.</summary>
    private readonly record struct Aged(ulong Start, ulong End, uint NrAccesses, bool IsUnknown, uint Age);
}
