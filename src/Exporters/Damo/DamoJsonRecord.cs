using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>One entry of damo's list: everything of one kdamond and target.</summary>
internal sealed class DamoJsonRecord(string kdamond, int kdamondTid, ulong targetId, int kdamondIndex)
{
    private SpooledRegion[]? _heldRegions;
    private SpooledSnapshot _held;
    private long? _lastEndNs;

    internal string Kdamond { get; } = kdamond;

    internal int KdamondTid { get; } = kdamondTid;

    internal ulong TargetId { get; } = targetId;

    internal int KdamondIndex { get; } = kdamondIndex;

    internal ulong? SampleUs { get; set; }

    internal ulong? AggrUs { get; set; }

    internal ulong UpdateUs { get; set; }

    /// <summary>Where the snapshots wait; null for the record that goes straight to the output.</summary>
    internal SpoolSeries? Series { get; set; }

    internal bool Holds => _heldRegions is not null;

    /// <summary>
    /// End of a snapshot: of its aggregation where known, else the time of its first event, which is what damo takes. Begin: of its
    /// aggregation, else the end of the snapshot before, else one aggregation interval earlier, else unknown for now. A begin less than
    /// one sampling interval after the end before is moved onto it: damo's times and profile join snapshots only when both are equal.
    /// </summary>
    internal (long BeginNs, long EndNs) SetTimes(Snapshot snapshot)
    {
        long end = snapshot.EndNs ?? snapshot.Regions[0].TimestampNs;
        long? begin = snapshot.BeginNs;
        if (begin > _lastEndNs && (ulong)(begin.Value - _lastEndNs.Value) / 1000 < SampleUs)
        {
            begin = _lastEndNs;
        }

        begin ??= _lastEndNs <= end ? _lastEndNs : null;
        begin ??= AggrUs is { } aggr && aggr < long.MaxValue / 1000 ? Math.Max(0, end - (long)(aggr * 1000)) : null;
        begin ??= _lastEndNs is null ? null : end;
        _lastEndNs = end;
        return (begin ?? SpooledSnapshot.Unknown, end);
    }

    /// <summary>Keeps the first snapshot until the second tells how long an aggregation takes.</summary>
    internal void Hold(in SpooledSnapshot snapshot, ReadOnlySpan<SpooledRegion> regions)
    {
        _held = snapshot;
        _heldRegions = regions.ToArray();
    }

    /// <summary>The snapshot held back, as long as the one after it; without one, its length stays 0: it is not known.</summary>
    internal SpooledSnapshot Release(long? nextEndNs, out SpooledRegion[] regions)
    {
        regions = _heldRegions!;
        _heldRegions = null;
        long length = nextEndNs > _held.EndNs ? nextEndNs.Value - _held.EndNs : 0;
        _held.BeginNs = Math.Max(Math.Min(0, _held.EndNs), _held.EndNs - length);
        return _held;
    }
}
