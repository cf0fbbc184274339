using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Summary;

/// <summary>What shows whether the numbers of one target can be true.</summary>
internal sealed class TargetEvidence(ulong targetId)
{
    private long? _lastEndNs;
    private double _regionBytes;

    public ulong TargetId { get; } = targetId;

    /// <summary>Complete snapshots.</summary>
    public long Snapshots { get; private set; }

    /// <summary>Of these, those with a footprint before them.</summary>
    public long Compared { get; private set; }

    /// <summary>Of these, those whose working set by damo's rule is larger than what was resident.</summary>
    public long WssBeyondRss { get; private set; }

    /// <summary>Snapshots that end before the one before them.</summary>
    public long Backwards { get; private set; }

    /// <summary>End of the last snapshot, nanoseconds of the recording's clock.</summary>
    public long EndNs => _lastEndNs ?? 0;

    /// <summary>Resident set at the latest reading.</summary>
    public ulong? RssBytes { get; private set; }

    /// <summary>What the latest snapshot says about memory; null where none does.</summary>
    public SnapshotMemory? Memory { get; private set; }

    /// <summary>Mean size of a region, over all snapshots.</summary>
    public double MeanRegionBytes => Snapshots == 0 ? 0 : _regionBytes / Snapshots;

    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        Backwards += meter.EndNs < _lastEndNs ? 1 : 0;
        _lastEndNs = meter.EndNs;
        if (!snapshot.Complete || snapshot.Count == 0)
        {
            return;
        }

        Snapshots++;
        Memory = snapshot.Memory ?? Memory;
        double bytes = 0;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            bytes += region.End - region.Start;
        }

        _regionBytes += bytes / snapshot.Count;
        if (RssBytes is { } rss)
        {
            Compared++;
            WssBeyondRss += WorkingSet.SizeOf(snapshot, accessThreshold: 1) > rss ? 1 : 0;
        }
    }

    public void Add(in Footprint footprint) => RssBytes = footprint.RssBytes == Footprint.Unknown ? RssBytes : footprint.RssBytes;
}
