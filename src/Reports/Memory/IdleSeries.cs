using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>
/// The looks at the followed pages of one target: the latest as a whole, of all others the working set over each time (20 bytes each).
/// </summary>
public sealed class IdleSeries
{
    private readonly MemoryStrata _strata = new();
    private readonly List<MemoryPoint>[] _points = new List<MemoryPoint>[IdleBuckets.NrBounds];
    private IdleRecord[] _records = [];
    private int _count;
    private IdlePages _latest;
    private MappingGroups _groups = MappingGroups.None;

    /// <summary>An empty series.</summary>
    public IdleSeries()
    {
        for (int i = 0; i < _points.Length; i++)
        {
            _points[i] = [];
        }
    }

    /// <summary>Number of looks.</summary>
    public int Count { get; private set; }

    /// <summary>Time of the latest look, nanoseconds of the recording's clock.</summary>
    public long TimeNs => (long)_latest.TimeNs;

    /// <summary>Takes a look. Bound by its records; allocates for a new generation of mappings only.</summary>
    /// <param name="idle">Its facts.</param>
    /// <param name="records">Its records.</param>
    /// <param name="mappings">The mappings of the target in force.</param>
    public void Add(in IdlePages idle, ReadOnlySpan<IdleRecord> records, IReadOnlyList<MappingDescription> mappings)
    {
        Count++;
        _latest = idle;
        if (_records.Length < records.Length)
        {
            _records = new IdleRecord[records.Length * 2];
        }

        records.CopyTo(_records);
        _count = records.Length;
        if (!_groups.AreKnown || _groups.Generation != idle.Generation)
        {
            _groups = MappingGroups.TryCreate(mappings, idle.Generation) ?? MappingGroups.None;
        }

        Fill();
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            if (IdleBounds.LastBucket(in idle, bound) is >= 0 and int last)
            {
                _points[bound].Add(MemoryPoint.Of(_strata.Sum(last, idle.NrChanges[last], null)));
            }
        }
    }

    /// <summary>The memory of the target at the latest look; null before any idle time is known.</summary>
    /// <param name="coldAfterSeconds">What is not accessed for longer is cold; the next time that is known.</param>
    public TargetMemory? Describe(double coldAfterSeconds) =>
        DescribeLook(coldAfterSeconds) is { } memory ? memory with { Within = [.. Within()] } : null;

    /// <summary>The same without working sets over time, which need all looks: cheap enough for each look.</summary>
    public TargetMemory? DescribeLook(double coldAfterSeconds)
    {
        int bound = Count == 0 ? -1 : IdleBounds.For(in _latest, coldAfterSeconds);
        return bound < 0 ? null : DescribeAt(bound);
    }

    /// <summary>
    /// The memory of the target at the latest look for each time that is known, ascending; without working sets over time.
    /// </summary>
    public IEnumerable<TargetMemory> AtEachTime()
    {
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            if (Count > 0 && IdleBounds.LastBucket(in _latest, bound) >= 0)
            {
                yield return DescribeAt(bound);
            }
        }
    }

    /// <summary>Bytes known to be idle for longer than a time, mean of the looks that know; null when none does.</summary>
    public double? MeanColdBytes(double seconds)
    {
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            if (IdleBounds.SecondsOf(bound) == seconds && _points[bound].Count > 0)
            {
                return _points[bound].Average(point => (double)point.ResidentBytes - point.Bytes - point.UnknownBytes);
            }
        }

        return null;
    }

    /// <summary>
    /// The working set over each time that is known: of the looks the one with the median. Never less over a longer time.
    /// </summary>
    public IEnumerable<WithinTime> Within()
    {
        MemoryPoint[] medians = AscendingMedians.Of([.. _points.Where(points => points.Count > 0)]);
        int next = 0;
        for (int bound = 0; bound < IdleBuckets.NrBounds; bound++)
        {
            if (_points[bound].Count > 0)
            {
                yield return medians[next++].ToWithin(IdleBounds.SecondsOf(bound));
            }
        }
    }

    /// <summary>
    /// The working set over any time: between two times that are known it is between their working sets, and so is the estimate; null for
    /// times shorter or longer than all that are known.
    /// </summary>
    public WithinTime? Within(double seconds)
    {
        WithinTime[] known = [.. Within()];
        int above = Array.FindIndex(known, within => within.Seconds >= seconds);
        if (above < 0 || (above == 0 && known[0].Seconds > seconds))
        {
            return null;
        }

        WithinTime high = known[above];
        WithinTime low = high.Seconds == seconds ? high : known[above - 1];
        double share = high.Seconds == low.Seconds ? 0 : (seconds - low.Seconds) / (high.Seconds - low.Seconds);
        return high with
        {
            Seconds = seconds,
            Bytes = (ulong)Math.Round(low.Bytes + (share * ((double)high.Bytes - low.Bytes))),
            LowBytes = Math.Min(low.LowBytes, high.LowBytes),
        };
    }

    private TargetMemory DescribeAt(int bound)
    {
        Fill();
        int last = IdleBounds.LastBucket(in _latest, bound);
        MappingMemory[] mappings = [.. Mappings(last)];
        ulong? notPopulated = _groups.AreKnown ? Total(mappings) : null;
        return new TargetMemory
        {
            TimeNs = TimeNs,
            ColdAfterSeconds = IdleBounds.SecondsOf(bound),
            States = _strata.Sum(last, _latest.NrChanges[last], notPopulated),
            Mappings = [.. mappings.OrderByDescending(mapping => mapping.States.ResidentBytes)],
            Within = [],
        };
    }

    private static ulong Total(MappingMemory[] mappings)
    {
        ulong bytes = 0;
        foreach (MappingMemory mapping in mappings)
        {
            bytes += mapping.States.NotPopulatedBytes ?? 0;
        }

        return bytes;
    }

    private void Fill() => _strata.Fill(_records.AsSpan(0, _count), _groups.Groups, _groups.Count);

    private IEnumerable<MappingMemory> Mappings(int lastBucket)
    {
        int small = 0;
        ulong smallAccessible = 0;
        for (int group = 0; group < _groups.Count; group++)
        {
            ulong accessible = _groups.AccessibleBytesOf(group);
            if (_strata[group].IsPooled)
            {
                small++;
                smallAccessible += accessible;
                continue;
            }

            StratumEstimate estimate = _strata[group].Estimate(lastBucket);
            ulong notPopulated = accessible - Math.Min(accessible, estimate.ResidentBytes);
            if (estimate.ResidentBytes + notPopulated > 0)
            {
                yield return new MappingMemory(_groups.NameOf(group), 1, estimate.ToStates(notPopulated));
            }
        }

        StratumEstimate pool = _strata[_strata.Pool].Estimate(lastBucket);
        if (pool.ResidentBytes > 0 && _groups.AreKnown)
        {
            yield return new MappingMemory(null, small, pool.ToStates(smallAccessible - Math.Min(smallAccessible, pool.ResidentBytes)));
        }
    }
}
