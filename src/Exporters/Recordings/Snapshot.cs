using System.Runtime.CompilerServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// All regions of one target of one aggregation. Readers reuse one instance: it is valid only during
/// <see cref="IRecordingSink.OnSnapshot"/>. What a source does not know is null, never invented.
/// </summary>
public sealed class Snapshot
{
    private RegionEvent[] _regions = new RegionEvent[1024];
    private RegionEstimateRecord[] _estimates = [];
    private int _nrEstimates;

    /// <summary>Name of the kdamond's thread: the comm of the text.</summary>
    public string Kdamond { get; set; } = "";

    /// <summary>Thread id of the kdamond; with <see cref="TargetId"/> it tells snapshots of different kdamonds apart.</summary>
    public int KdamondTid { get; set; }

    /// <summary>
    /// Which kdamond it is: its thread, or its name where the source does not know the thread. A known thread may change its name.
    /// </summary>
    internal (string Name, int Tid) KdamondIdentity => KdamondTid > 0 ? ("", KdamondTid) : (Kdamond, 0);

    /// <summary>Index of the target in its context.</summary>
    public ulong TargetId { get; set; }

    /// <summary>Process id of the target, where the source tells it.</summary>
    public int? Pid { get; set; }

    /// <summary>Number of the snapshot: of its aggregation where the source tells it, else counted per kdamond and target from 0.</summary>
    public ulong Number { get; set; }

    /// <summary>nr_regions of the events: how many regions the snapshot should have.</summary>
    public uint NrRegions { get; set; }

    /// <summary>Begin of the aggregation in nanoseconds of the recording's clock, where known.</summary>
    public long? BeginNs { get; set; }

    /// <summary>Time of the last check of the aggregation in nanoseconds of the recording's clock, where known.</summary>
    public long? EndNs { get; set; }

    /// <summary>Checks made: the largest nr_accesses possible, where known.</summary>
    public uint? NrSamples { get; set; }

    /// <summary>Samples of the snapshot that fell on unclearable pages (summed over regions), where known.</summary>
    public uint? NrUnclearable { get; set; }

    /// <summary>Samples of the snapshot that were not prepared (summed over regions), where known.</summary>
    public uint? NrUnprepared { get; set; }

    /// <summary>Checks that came more than half a sampling interval late, where known.</summary>
    public uint? NrLate { get; set; }

    /// <summary>Sampling intervals that passed without any check, where known.</summary>
    public uint? NrMissed { get; set; }

    /// <summary>Sum of the real lengths of all sampling windows in nanoseconds, where known.</summary>
    public ulong? WindowsNs { get; set; }

    /// <summary>
    /// What the snapshot says about the memory of its target; null where it says nothing, or the kernel could not be asked.
    /// </summary>
    public SnapshotMemory? Memory { get; set; }

    /// <summary>Sampling interval in microseconds, where known.</summary>
    public ulong? SampleUs { get; set; }

    /// <summary>Aggregation interval in microseconds, where known.</summary>
    public ulong? AggrUs { get; set; }

    /// <summary>Add to a time of this snapshot to get nanoseconds since 1970-01-01 UTC; null where the source has no wall clock.</summary>
    public long? WallOffsetNs { get; set; }

    /// <summary>False when events of this snapshot were lost: fewer regions than <see cref="NrRegions"/> arrived.</summary>
    public bool Complete { get; set; }

    /// <summary>Number of regions that arrived.</summary>
    public int Count { get; private set; }

    /// <summary>The regions in order of arrival, which is address order.</summary>
    public ReadOnlySpan<RegionEvent> Regions => _regions.AsSpan(0, Count);

    /// <summary>
    /// What the samples of each region say about its memory: one record per region, in the same order, or none at all where the source has
    /// none or some were lost.
    /// </summary>
    public ReadOnlySpan<RegionEstimateRecord> Estimates => _estimates.AsSpan(0, _nrEstimates);

    /// <summary>Appends a region; amortised without allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in RegionEvent region)
    {
        if (Count == _regions.Length)
        {
            Array.Resize(ref _regions, _regions.Length * 2);
        }

        _regions[Count++] = region;
    }

    /// <summary>Appends regions; amortised without allocation.</summary>
    internal void AddRange(ReadOnlySpan<RegionEvent> regions)
    {
        if (Count + regions.Length > _regions.Length)
        {
            Array.Resize(ref _regions, Math.Max(Count + regions.Length, _regions.Length * 2));
        }

        regions.CopyTo(_regions.AsSpan(Count));
        Count += regions.Length;
    }

    /// <summary>Appends the estimates of the next regions; amortised without allocation.</summary>
    public void AddEstimates(ReadOnlySpan<RegionEstimateRecord> estimates)
    {
        if (_nrEstimates + estimates.Length > _estimates.Length)
        {
            Array.Resize(ref _estimates, Math.Max(_nrEstimates + estimates.Length, _estimates.Length * 2));
        }

        estimates.CopyTo(_estimates.AsSpan(_nrEstimates));
        _nrEstimates += estimates.Length;
    }

    /// <summary>
    /// Takes everything another snapshot says, regions and estimates without copying them; that one is left with this one's, for reuse.
    /// </summary>
    internal void Exchange(Snapshot other)
    {
        (_regions, other._regions) = (other._regions, _regions);
        (_estimates, other._estimates) = (other._estimates, _estimates);
        (Count, other.Count) = (other.Count, 0);
        (_nrEstimates, other._nrEstimates) = (other._nrEstimates, 0);
        Kdamond = other.Kdamond;
        KdamondTid = other.KdamondTid;
        TargetId = other.TargetId;
        Pid = other.Pid;
        Number = other.Number;
        NrRegions = other.NrRegions;
        BeginNs = other.BeginNs;
        EndNs = other.EndNs;
        NrSamples = other.NrSamples;
        NrUnclearable = other.NrUnclearable;
        NrUnprepared = other.NrUnprepared;
        NrLate = other.NrLate;
        NrMissed = other.NrMissed;
        WindowsNs = other.WindowsNs;
        Memory = other.Memory;
        SampleUs = other.SampleUs;
        AggrUs = other.AggrUs;
        WallOffsetNs = other.WallOffsetNs;
        Complete = other.Complete;
    }

    /// <summary>Forgets the estimates.</summary>
    public void ClearEstimates() => _nrEstimates = 0;

    /// <summary>Forgets regions and estimates; the fields are the reader's to set.</summary>
    public void Clear()
    {
        Count = 0;
        _nrEstimates = 0;
    }
}
