using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Live;

/// <summary>The last minutes of one target: its snapshots, in bounded memory, and its heatmap.</summary>
/// <param name="key">Kdamond and target.</param>
/// <param name="windowNs">How much time is shown.</param>
internal sealed class LiveTarget(TargetKey key, long windowNs)
{
    /// <summary>Regions kept at most, 24 bytes each; beyond it the oldest snapshots go before their time.</summary>
    private const int MaxRegions = 400_000;

    private readonly Queue<LiveSnapshot> _snapshots = new();
    private readonly Stack<LiveSnapshot> _free = new();
    private readonly SnapshotMeter _meter = new(default);
    private int _nrRegions;

    internal TargetKey Key => key;

    /// <summary>Snapshots that are kept, oldest first.</summary>
    internal IReadOnlyCollection<LiveSnapshot> Snapshots => _snapshots;

    internal LiveSnapshot? Latest { get; private set; }

    internal LiveHeatmap Heatmap { get; } = new(windowNs);

    /// <summary>The latest footprint, its proportional size the latest one read.</summary>
    internal Footprint? Footprint { get; private set; }

    /// <summary>Its hot, cold and unknown memory.</summary>
    internal LiveMemory Memory { get; } = new(windowNs);

    /// <summary>Whether the recorder tells which memory is populated.</summary>
    internal bool KnowsMemory { get; private set; }

    internal long NrSnapshots { get; private set; }

    /// <summary>Snapshots of which regions were lost; they are not shown.</summary>
    internal long NrIncomplete { get; private set; }

    /// <summary>Samples of the latest snapshot on pages whose accessed bit cannot be cleared, summed over regions.</summary>
    internal uint NrUnclearable { get; private set; }

    /// <summary>Samples of the latest snapshot that were not prepared, summed over regions.</summary>
    internal uint NrUnprepared { get; private set; }

    internal void Take(in Footprint footprint)
    {
        ulong pss = footprint.PssBytes == Events.Footprint.Unknown ? Footprint?.PssBytes ?? footprint.PssBytes : footprint.PssBytes;
        Footprint = footprint with { PssBytes = pss };
    }

    /// <summary>Keeps a snapshot. Bound by its regions; allocates only until the window is full.</summary>
    internal void Take(Snapshot snapshot)
    {
        NrSnapshots++;
        _meter.Measure(snapshot);
        if (!snapshot.Complete)
        {
            NrIncomplete++;
            return;
        }

        KnowsMemory = snapshot.Memory is not null;
        NrUnclearable = snapshot.NrUnclearable ?? 0;
        NrUnprepared = snapshot.NrUnprepared ?? 0;
        LiveSnapshot kept = Copy(snapshot);
        _snapshots.Enqueue(kept);
        _nrRegions += kept.Regions.Length;
        Latest = kept;
        while (_snapshots.Count > 1 && (_nrRegions > MaxRegions || _snapshots.Peek().EndNs < kept.EndNs - windowNs))
        {
            LiveSnapshot old = _snapshots.Dequeue();
            _nrRegions -= old.Regions.Length;
            _free.Push(old);
        }

        Heatmap.Add(kept);
    }

    private LiveSnapshot Copy(Snapshot snapshot)
    {
        LiveSnapshot kept = _free.TryPop(out LiveSnapshot? used) ? used : new LiveSnapshot();
        kept.Clear();
        kept.BeginNs = _meter.BeginNs;
        kept.EndNs = _meter.EndNs;
        kept.MaxHz = _meter.MaxHz;
        kept.AgeSeconds = _meter.AgeSeconds;
        kept.WorkingSetBytes = WorkingSet.SizeOf(snapshot, accessThreshold: 1);
        double sharePerAccess = 1 / _meter.MaxAccesses ?? 0;
        ReadOnlySpan<RegionEstimateRecord> estimates = snapshot.Estimates;
        for (int i = 0; i < snapshot.Count; i++)
        {
            ref readonly RegionEvent region = ref snapshot.Regions[i];
            double known = estimates.Length > 0 && estimates[i].ResidentPages > 0 ? estimates[i].KnownShare : 1;
            kept.Add(new LiveRegion(
                region.Start, region.End, (float)Math.Min(1, region.NrAccesses * sharePerAccess), (float)known, region.Age));
        }

        return kept;
    }
}
