namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>
/// Applies schemes to the regions of a context (kdamond_apply_schemes, mm/damon/core.c): after every sampling interval those that are due,
/// for each region in address order all schemes in their order. Differences to the kernel, each on purpose: what is charged and cut at the
/// border of a quota are the bytes that can be acted on, so that holes and refused memory cost nothing; filters by address are asked before the
/// quota; cold, demote and collapse have priorities, too; memory about which nothing is known matches nothing.
/// </summary>
public sealed class SchemeEngine
{
    private readonly ISchemeEnvironment _environment;
    private readonly ISchemeObserver _observer;
    private readonly List<RunningScheme> _schemes = [];
    private readonly Stack<(DamonRegion Region, int FirstScheme, bool IsLast)> _waiting = [];
    private readonly ulong[] _histogram = new ulong[RegionScore.Max + 1];
    private readonly ulong _minRegionSize;
    private DamonAttributes _attributes = new();
    private bool _hasChanged;
    private long _endedNs;

    /// <param name="environment">Clock, machine, and who acts.</param>
    /// <param name="observer">Told what is done.</param>
    /// <param name="minRegionSize">Smallest region, a power of two: the context's.</param>
    public SchemeEngine(ISchemeEnvironment environment, ISchemeObserver observer, ulong minRegionSize)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(observer);
        _environment = environment;
        _observer = observer;
        _minRegionSize = minRegionSize;
    }

    /// <summary>The schemes at work, in their order.</summary>
    public IReadOnlyList<RunningScheme> Schemes => _schemes;

    /// <summary>Adds a scheme behind the others; not while a pass is under way.</summary>
    public RunningScheme Add(Scheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        var running = new RunningScheme(scheme, _schemes.Count, _minRegionSize);
        _schemes.Add(running);
        return running;
    }

    /// <summary>An aggregation begins that none precedes.</summary>
    internal void BeginClock() => _endedNs = _environment.NowNs;

    /// <summary>Nanoseconds since the aggregation before ended; to be called at the end of each.</summary>
    internal long Elapse()
    {
        (long before, _endedNs) = (_endedNs, _environment.NowNs);
        return _endedNs - before;
    }

    /// <summary>The next pass of every scheme comes an apply interval from now: at the start, and when intervals have changed.</summary>
    internal void Schedule(ulong passed, DamonAttributes attributes)
    {
        foreach (RunningScheme scheme in _schemes)
        {
            scheme.NextApply = passed + scheme.IntervalSamples(attributes);
        }
    }

    /// <summary>To be called after every check, and before an aggregation is emitted. True when regions were cut or joined.</summary>
    internal bool Apply(IReadOnlyList<DamonTarget> targets, ulong passed, DamonAttributes attributes, ulong sizeLimit)
    {
        bool isAnyDue = false;
        foreach (RunningScheme scheme in _schemes)
        {
            isAnyDue |= scheme.Begin(passed, attributes, _environment);
        }

        if (!isAnyDue)
        {
            return false;
        }

        _attributes = attributes;
        _hasChanged = false;
        foreach (RunningScheme scheme in _schemes)
        {
            BeginPass(scheme, targets);
        }

        foreach (DamonTarget target in targets)
        {
            ApplyTo(target);
            if (_hasChanged)
            {
                Join(target.RegionArray, sizeLimit);
            }
        }

        foreach (RunningScheme scheme in _schemes)
        {
            if (scheme.IsDue)
            {
                _observer.OnApplied(scheme);
            }
        }

        return _hasChanged;
    }

    private void BeginPass(RunningScheme scheme, IReadOnlyList<DamonTarget> targets)
    {
        if (!scheme.IsDue || !scheme.Scheme.Quota.IsSet)
        {
            return;
        }

        if (scheme.Quota.BeginPass(_environment, ref scheme.Statistics.QtExceeds))
        {
            _observer.OnEffectiveSize(scheme, scheme.Quota.EffectiveSize);
        }

        if (scheme.Resume is { } resume && !Holds(targets, resume.TargetId))
        {
            scheme.Resume = null; // the target has exited: it would be waited for forever
        }

        scheme.Quota.MinScore = MinScore(scheme, targets);
    }

    private static bool Holds(IReadOnlyList<DamonTarget> targets, ulong targetId)
    {
        foreach (DamonTarget target in targets)
        {
            if (target.TargetId == targetId)
            {
                return true;
            }
        }

        return false;
    }

    private int MinScore(RunningScheme scheme, IReadOnlyList<DamonTarget> targets)
    {
        Array.Clear(_histogram);
        foreach (DamonTarget target in targets)
        {
            foreach (ref readonly DamonRegion region in target.Regions)
            {
                uint nrAccesses = MovingSum(region, target.NrSamples);
                if (scheme.Matches(region, nrAccesses)
                    && FilterRules.Judge(scheme.Scheme.Filters, target.TargetId, RangeOf(region), _minRegionSize, out _) != FilterVerdict.Rejected)
                {
                    _histogram[ScoreOf(scheme, region, nrAccesses)] += region.Size;
                }
            }
        }

        return RegionScore.Lowest(_histogram, scheme.Quota.EffectiveSize);
    }

    private void ApplyTo(DamonTarget target)
    {
        RegionArray array = target.RegionArray;
        int last = array.Count - 1;
        for (int i = 0; i <= last; i++)
        {
            _waiting.Push((array.AsSpan()[i], 0, i == last));
            while (_waiting.TryPop(out (DamonRegion Region, int FirstScheme, bool IsLast) next))
            {
                array.Append(next.Region);
                for (int k = next.FirstScheme; k < _schemes.Count; k++)
                {
                    Step(_schemes[k], target, ref array.LastAppended, ref next.IsLast);
                }
            }
        }

        array.TakeAppended();
    }

    /// <summary>One scheme, one region.</summary>
    private void Step(RunningScheme scheme, DamonTarget target, ref DamonRegion region, ref bool isLast)
    {
        if (!scheme.IsDue || scheme.Quota.IsFull || WasCharged(scheme, target, ref region, ref isLast) || scheme.HasEnded)
        {
            return;
        }

        uint nrAccesses = MovingSum(region, target.NrSamples);
        bool isLastOfPass = isLast;
        if (scheme.Matches(region, nrAccesses)
            && (!scheme.Scheme.Quota.IsSet || ScoreOf(scheme, region, nrAccesses) >= scheme.Quota.MinScore))
        {
            ApplyTo(scheme, target, ref region, nrAccesses, ref isLast);
        }

        // What was cut off is looked at on its own, and is the last one then.
        if (isLastOfPass && isLast)
        {
            scheme.Statistics.NrSnapshots++;
        }
    }

    private void ApplyTo(RunningScheme scheme, DamonTarget target, ref DamonRegion region, uint nrAccesses, ref bool isLast)
    {
        FilterVerdict verdict = FilterRules.Judge(scheme.Scheme.Filters, target.TargetId, RangeOf(region), _minRegionSize, out ulong end);
        Cut(ref region, end, scheme.Index, ref isLast);
        if (verdict == FilterVerdict.Rejected)
        {
            return;
        }

        SchemeReach reach = _environment.Plan(scheme, target, RangeOf(region), scheme.Quota.Left, verdict == FilterVerdict.Allowed);
        Cut(ref region, reach.End, scheme.Index, ref isLast);
        _observer.OnBeforeApply(scheme, target, region, nrAccesses);
        long beganNs = _environment.NowNs;
        SchemeOutcome outcome = _environment.Act(scheme, target, region);
        scheme.Quota.Charge(outcome.Charged, _environment.NowNs - beganNs);
        if (scheme.Quota.IsFull)
        {
            scheme.Resume = (target.TargetId, region.End);
        }

        if (scheme.Scheme.Action != SchemeAction.Stat)
        {
            region.Age = 0;
            region.AgeNs = 0;
            _hasChanged = true;
        }

        scheme.Statistics.NrTried++;
        scheme.Statistics.SzTried += region.Size;
        scheme.Statistics.NrApplied += outcome.Applied > 0 ? 1UL : 0;
        scheme.Statistics.SzApplied += outcome.Applied;
        scheme.Statistics.SzOpsFilterPassed += outcome.FilterPassed;
    }

    /// <summary>
    /// After the quota ran out the next pass goes on where it did; it forgets the place once it is through the target. True: this region was
    /// charged before. One that straddles the place is cut there.
    /// </summary>
    private bool WasCharged(RunningScheme scheme, DamonTarget target, ref DamonRegion region, ref bool isLast)
    {
        if (scheme.Resume is not { } place)
        {
            return false;
        }

        if (target.TargetId != place.TargetId)
        {
            return true;
        }

        if (region.End <= place.Address && !isLast)
        {
            return true;
        }

        scheme.Resume = null;
        if (region.Start >= place.Address || region.End <= place.Address)
        {
            return region.End <= place.Address;
        }

        ulong size = Math.Max(DamonArithmetic.AlignDown(place.Address - region.Start, _minRegionSize), _minRegionSize);
        Cut(ref region, region.Start + Math.Min(size, region.Size), scheme.Index, ref isLast);
        return true;
    }

    /// <summary>Ends a region earlier; the rest is looked at after it, by this scheme and those behind it.</summary>
    private void Cut(ref DamonRegion region, ulong end, int firstScheme, ref bool isLast)
    {
        if (end >= region.End || end <= region.Start)
        {
            return;
        }

        double share = (double)(end - region.Start) / region.Size;
        DamonRegion rest = region;
        rest.Start = end;
        rest.Estimate = region.Estimate.Part(1 - share);
        rest.WindowSamples = region.WindowSamples - (uint)(region.WindowSamples * share);
        rest.WindowAccessed = region.WindowAccessed - (uint)(region.WindowAccessed * share);
        region.End = end;
        region.Estimate = region.Estimate.Part(share);
        region.WindowSamples -= rest.WindowSamples;
        region.WindowAccessed -= rest.WindowAccessed;
        _waiting.Push((rest, firstScheme, isLast));
        isLast = false;
        _hasChanged = true;
    }

    /// <summary>What was cut and does not differ is joined again, so that cuts do not pile up.</summary>
    private static void Join(RegionArray array, ulong sizeLimit)
    {
        Span<DamonRegion> regions = array.AsSpan();
        int last = 0;
        for (int i = 1; i < regions.Length; i++)
        {
            ref DamonRegion left = ref regions[last];
            ref readonly DamonRegion right = ref regions[i];
            if (left.End == right.Start && left.Age == right.Age && left.LastNrAccesses == right.LastNrAccesses
                && left.NrAccesses == right.NrAccesses && left.IsUnknown == right.IsUnknown && left.Size + right.Size <= sizeLimit)
            {
                left.AgeNs = DamonArithmetic.WeightedAverage(left.AgeNs, left.Size, right.AgeNs, right.Size);
                left.Estimate.Add(right.Estimate);
                left.WindowSamples += right.WindowSamples;
                left.WindowAccessed += right.WindowAccessed;
                left.End = right.End;
            }
            else
            {
                regions[++last] = right;
            }
        }

        array.Truncate(regions.IsEmpty ? 0 : last + 1);
    }

    private int ScoreOf(RunningScheme scheme, in DamonRegion region, uint nrAccesses) =>
        RegionScore.Of(scheme.Scheme.Action, nrAccesses, region.Age, _attributes, scheme.Scheme.Quota.Weights);

    /// <summary>
    /// Accesses of the latest aggregation interval, whenever it is asked: what was counted in this one, and of the one before the part that is
    /// not over yet. In basis points, each sample's share truncated, as damon_update_region_access_rate leaves it.
    /// </summary>
    private uint MovingSum(in DamonRegion region, uint nrSamples)
    {
        uint max = _attributes.MaxNrAccesses;
        if (nrSamples >= max)
        {
            return region.NrAccesses;
        }

        ulong last = (ulong)region.LastNrAccesses * DamonArithmetic.WholeBp;
        return (uint)((last - (last / max * nrSamples) + ((ulong)region.NrAccesses * DamonArithmetic.WholeBp)) / DamonArithmetic.WholeBp);
    }

    private static AddressRange RangeOf(in DamonRegion region) => new(region.Start, region.End);
}
