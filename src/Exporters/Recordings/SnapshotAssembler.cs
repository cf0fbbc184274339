using System.Runtime.CompilerServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// Puts single <c>damon_aggregated</c> events together into snapshots, one rule for every source. Snapshots are told apart by thread id and
/// target_id, so interleaved ones never mix; by the kdamond's name only where a source has no thread id (0), because a tracer may learn
/// the name of a thread late, also within a snapshot. A snapshot is handed over complete as soon as it has nr_regions
/// regions. It is handed over incomplete, events having been lost, when before that an event of the same kdamond and target breaks the
/// address order or has another nr_regions, when <see cref="Open"/> begins the next one, or when the input ends.
/// </summary>
/// <remarks>
/// A thread may report every region under two names (kernels with probes emit damon_region_aggregated beside damon_aggregated; somebody
/// may record two probes of one place). The first name counts, the events of the other are <see cref="Twins"/>.
/// An event that cannot be true (a snapshot of no regions, a region that ends before it begins) was damaged on its way and is left out.
/// One loss stays invisible without <see cref="Open"/>: the end of one snapshot and exactly the same number of regions at the begin of
/// the next. Sources that have snapshot headers must therefore call it.
/// </remarks>
/// <param name="finished">Takes a finished snapshot; the instance is reused after the call, and the callee may fill in fields before
/// it passes the snapshot on.</param>
internal sealed class SnapshotAssembler(Action<Snapshot> finished)
{
    /// <summary>
    /// More snapshots than this are never open at once: the oldest is given up, so that a broken input cannot take all memory.
    /// </summary>
    private const int MaxOpen = 256;

    private readonly Dictionary<Key, Series> _series = [];
    private readonly List<Series> _open = [];
    private readonly Stack<Snapshot> _free = new();
    private Series? _last;

    /// <summary>Snapshots handed over.</summary>
    public long Snapshots { get; private set; }

    /// <summary>Of these, how many lack regions.</summary>
    public long IncompleteSnapshots { get; private set; }

    /// <summary>Events added.</summary>
    public long Events { get; private set; }

    /// <summary>Events left out because their thread reported the same regions under another name before.</summary>
    public long Twins { get; private set; }

    /// <summary>Events left out because what they say is impossible.</summary>
    public long Impossible { get; private set; }

    /// <summary>Snapshots that begin before the end of the one before of the same kdamond and target.</summary>
    public long Backwards { get; private set; }

    /// <summary>Snapshots whose estimates were lost or did not match their regions, and were left out.</summary>
    public long WithoutEstimates { get; private set; }

    /// <summary>Takes one event. Bound by the copy of a region (40 bytes); no allocation once every kdamond and target was seen.</summary>
    /// <param name="kdamond">Name of the thread.</param>
    /// <param name="kdamondTid">Its id.</param>
    /// <param name="aggregated">The fields of the event.</param>
    /// <param name="timestampNs">Its time.</param>
    /// <param name="cpu">Its CPU, -1 where not known.</param>
    /// <param name="name">A number for the name of the event, where a source has several.</param>
    public void Add(string kdamond, int kdamondTid, in DamonAggregated aggregated, long timestampNs, int cpu, int name = 0)
    {
        if (aggregated.NrRegions == 0 || aggregated.Start > aggregated.End)
        {
            Impossible++;
            return;
        }

        Series series = Find(kdamond, kdamondTid, aggregated.TargetId);
        if (name != series.Name && !TryName(series, name))
        {
            return;
        }

        if (!ReferenceEquals(kdamond, series.Kdamond))
        {
            Rename(series, kdamond);
        }

        Snapshot? snapshot = series.Snapshot;
        if (snapshot is not null && (aggregated.NrRegions != snapshot.NrRegions || aggregated.Start < series.LastEnd))
        {
            Close(series);
            snapshot = null;
        }

        snapshot ??= Begin(series, series.NextNumber, aggregated.NrRegions);
        if (snapshot.Count == 0 && timestampNs < series.LastNs)
        {
            Backwards++;
        }

        series.LastNs = timestampNs;
        snapshot.Add(new RegionEvent
        {
            TimestampNs = timestampNs,
            Cpu = cpu,
            Start = aggregated.Start,
            End = aggregated.End,
            NrAccesses = aggregated.NrAccesses,
            Age = aggregated.Age,
        });
        series.LastEnd = aggregated.End;
        Events++;
        if ((uint)snapshot.Count >= snapshot.NrRegions)
        {
            Close(series);
        }
    }

    /// <summary>Takes events that follow each other and share all but their regions. Bound by copying these; no allocation.</summary>
    public void Add(string kdamond, int kdamondTid, ulong targetId, uint nrRegions, ReadOnlySpan<RegionEvent> regions, int name)
    {
        while (!regions.IsEmpty)
        {
            // Each by the rules; those that only go on in the snapshot of the one before at once.
            ref readonly RegionEvent region = ref regions[0];
            DamonAggregated aggregated = new()
            {
                TargetId = targetId,
                NrRegions = nrRegions,
                Start = region.Start,
                End = region.End,
                NrAccesses = region.NrAccesses,
                Age = region.Age,
            };
            Add(kdamond, kdamondTid, in aggregated, region.TimestampNs, region.Cpu, name);
            regions = regions[1..];
            Series series = Find(kdamond, kdamondTid, targetId);
            if (series.Name == name && series.Snapshot is { Count: > 0 } snapshot && snapshot.NrRegions == nrRegions)
            {
                regions = regions[AddFollowing(series, snapshot, regions)..];
            }
        }
    }

    /// <summary>Adds as many of some regions as continue an open snapshot and leave it open; returns how many.</summary>
    private int AddFollowing(Series series, Snapshot snapshot, ReadOnlySpan<RegionEvent> regions)
    {
        int most = (int)Math.Min(regions.Length, snapshot.NrRegions - (uint)snapshot.Count - 1);
        ulong end = series.LastEnd;
        int count = 0;
        while (count < most && regions[count].Start >= end && regions[count].End >= regions[count].Start)
        {
            end = regions[count++].End;
        }

        if (count > 0)
        {
            snapshot.AddRange(regions[..count]);
            series.LastEnd = end;
            series.LastNs = regions[count - 1].TimestampNs;
            Events += count;
        }

        return count;
    }

    /// <summary>
    /// Begins a snapshot whose facts are known before its regions; whatever of the same kdamond and target is open is incomplete.
    /// </summary>
    public void Open(string kdamond, int kdamondTid, in SnapshotHeader header, SnapshotMemory? memory = null)
    {
        Series series = Find(kdamond, kdamondTid, header.TargetId);
        if (series.Snapshot is not null)
        {
            Close(series);
        }

        Rename(series, kdamond);

        Snapshot snapshot = Begin(series, header.Snapshot, header.NrRegions);
        snapshot.BeginNs = (long)header.BeginNs;
        snapshot.EndNs = (long)header.EndNs;
        snapshot.NrSamples = header.NrSamples;
        snapshot.NrUnclearable = header.NrUnclearable;
        snapshot.NrUnprepared = header.NrUnprepared;
        snapshot.NrLate = header.NrLate;
        snapshot.NrMissed = header.NrMissed;
        snapshot.WindowsNs = header.WindowsNs;
        snapshot.SampleUs = header.SampleUs;
        snapshot.AggrUs = header.AggrUs;
        snapshot.Memory = memory;
        if (header.NrRegions == 0)
        {
            Close(series);
        }
    }

    /// <summary>
    /// Takes the estimates of the next regions of a snapshot whose header came. Those that do not continue what is there (of a snapshot
    /// whose header was lost, behind some that were lost, more than it has regions) make all estimates of the snapshot unusable: they are
    /// counted.
    /// </summary>
    /// <param name="kdamond">Name of the thread.</param>
    /// <param name="kdamondTid">Its id.</param>
    /// <param name="targetId">Whose they are.</param>
    /// <param name="first">Index of the first of their regions.</param>
    /// <param name="estimates">One per region.</param>
    /// <param name="timestampNs">Time of the event.</param>
    public void AddEstimates(
        string kdamond, int kdamondTid, ulong targetId, uint first, ReadOnlySpan<RegionEstimateRecord> estimates, long timestampNs)
    {
        Series series = Find(kdamond, kdamondTid, targetId);
        if (series.Snapshot is not { Count: 0 } snapshot)
        {
            // Of a snapshot whose header was lost: whoever is still open lacks regions and is closed by the first of its successor.
            WithoutEstimates += first == 0 ? 1 : 0;
            return;
        }

        series.EstimatesNs = timestampNs;
        series.Estimates = series.Estimates is not State.Broken && first == (uint)snapshot.Estimates.Length
            && (uint)estimates.Length <= snapshot.NrRegions - first
            ? State.Whole
            : State.Broken;
        if (series.Estimates is State.Whole)
        {
            snapshot.AddEstimates(estimates);
        }
    }

    /// <summary>The input is over: hands over what is still open, the longest open first.</summary>
    public void Flush()
    {
        while (_open.Count > 0)
        {
            Close(_open[0]);
        }
    }

    /// <summary>The totals of a recording that ends here; <see cref="Flush"/> first.</summary>
    public RecordingEnd ToEnd(long lostEvents, string? truncation) =>
        new(Snapshots, IncompleteSnapshots, Events, lostEvents, truncation)
        {
            Notes = [.. Notes()],
        };

    private IEnumerable<string> Notes()
    {
        if (Twins > 0)
        {
            yield return $"{Twins} events were left out: their threads reported the same regions under another event's name";
        }

        if (WithoutEstimates > 0)
        {
            yield return $"{WithoutEstimates} snapshots are without their estimates: events of them were lost";
        }

        if (Impossible > 0)
        {
            yield return $"{Impossible} events were left out: no regions at all, or a region that ends before it begins";
        }

        if (Backwards > 0)
        {
            yield return $"time goes back {Backwards} times: durations and ages across these places are wrong (recordings put together, or a clock that was set?)";
        }
    }

    private bool TryName(Series series, int name)
    {
        if (series.Name is null)
        {
            series.Name = name;
            return true;
        }

        Twins++;
        return false;
    }

    /// <summary>Nearly every event belongs to the snapshot of the event before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Series Find(string kdamond, int kdamondTid, ulong targetId) =>
        _last is { } last && last.Key.TargetId == targetId && last.Key.Tid == kdamondTid && (kdamondTid > 0 || last.Key.Kdamond == kdamond)
            ? last
            : FindAmongAll(kdamond, kdamondTid, targetId);

    private Series FindAmongAll(string kdamond, int kdamondTid, ulong targetId)
    {
        Key key = new(kdamondTid > 0 ? "" : kdamond, kdamondTid, targetId);
        if (!_series.TryGetValue(key, out Series? series))
        {
            series = new Series(key, kdamond);
            _series.Add(key, series);
        }

        _last = series;
        return series;
    }

    /// <summary>Takes a thread's new name, also for the snapshot that is open: a snapshot has the last name its events had.</summary>
    private static void Rename(Series series, string kdamond)
    {
        series.Kdamond = kdamond;
        if (series.Snapshot is { } open)
        {
            open.Kdamond = kdamond;
        }
    }

    private Snapshot Begin(Series series, ulong number, uint nrRegions)
    {
        if (_open.Count == MaxOpen)
        {
            Close(_open[0]);
        }

        if (!_free.TryPop(out Snapshot? snapshot))
        {
            snapshot = new Snapshot();
        }

        snapshot.Clear();
        snapshot.Kdamond = series.Kdamond;
        snapshot.KdamondTid = series.Key.Tid;
        snapshot.TargetId = series.Key.TargetId;
        snapshot.Number = number;
        snapshot.NrRegions = nrRegions;
        snapshot.Pid = null;
        snapshot.BeginNs = null;
        snapshot.EndNs = null;
        snapshot.NrSamples = null;
        snapshot.NrUnclearable = null;
        snapshot.NrUnprepared = null;
        snapshot.NrLate = null;
        snapshot.NrMissed = null;
        snapshot.WindowsNs = null;
        snapshot.Memory = null;
        snapshot.SampleUs = null;
        snapshot.AggrUs = null;
        snapshot.WallOffsetNs = null;
        snapshot.Complete = false;
        series.Snapshot = snapshot;
        series.NextNumber = number + 1;
        series.LastEnd = 0;
        series.Estimates = State.None;
        _open.Add(series);
        return snapshot;
    }

    private void Close(Series series)
    {
        Snapshot snapshot = series.Snapshot!;
        series.Snapshot = null;
        _open.Remove(series);
        snapshot.Complete = (uint)snapshot.Count == snapshot.NrRegions;
        Snapshots++;
        if (!snapshot.Complete)
        {
            IncompleteSnapshots++;
        }

        CheckEstimates(series, snapshot);
        finished(snapshot);
        _free.Push(snapshot);
    }

    /// <summary>
    /// Estimates and regions know each other by index only: all have to be there, and of one moment. They are emitted back to back, so half
    /// an aggregation between them means that they are of different snapshots, what was between them being lost.
    /// </summary>
    private void CheckEstimates(Series series, Snapshot snapshot)
    {
        bool expected = series.Estimates is not State.None || (snapshot.NrRegions > 0 && snapshot.Memory is { ResidentBytes: > 0 });
        bool matching = series.Estimates is State.Whole && snapshot.Complete && snapshot.Estimates.Length == snapshot.Count
            && (ulong)Math.Abs(series.LastNs - series.EstimatesNs) <= snapshot.AggrUs * 500;
        if (!matching)
        {
            snapshot.ClearEstimates();
            WithoutEstimates += expected ? 1 : 0;
        }
    }

    private readonly record struct Key(string Kdamond, int Tid, ulong TargetId);

    /// <summary>Estimates of an open snapshot.</summary>
    private enum State
    {
        None,
        Whole,
        Broken,
    }

    /// <summary>The snapshots of one kdamond and target, one after the other.</summary>
    private sealed class Series(Key key, string kdamond)
    {
        public readonly Key Key = key;
        public string Kdamond = kdamond;
        public Snapshot? Snapshot;
        public int? Name;
        public long LastNs = long.MinValue;
        public ulong LastEnd;
        public ulong NextNumber;
        public State Estimates;
        public long EstimatesNs;
    }
}
