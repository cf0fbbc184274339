using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Wss;

/// <summary>
/// The mean distance of the snapshots of each target. damo takes it for the length of the first one, whose begin the text does not tell.
/// </summary>
internal sealed class MeanIntervals : SnapshotsOnly
{
    private readonly Dictionary<TargetKey, (double FirstNs, double LastNs, long Count)> _series = [];

    /// <summary>
    /// End of a snapshot: as recorded, else the time of its first event as damo reads it: seconds as a binary fraction, times 1e9,
    /// truncated.
    /// </summary>
    public static double EndOf(Snapshot snapshot) => snapshot.EndNs
        ?? (snapshot.Count > 0 ? Math.Truncate(snapshot.Regions[0].TimestampNs / 1e9 * 1e9) : 0);

    /// <summary>In nanoseconds; 0 for a target with a single snapshot.</summary>
    public double Of(Snapshot snapshot) =>
        _series.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out (double FirstNs, double LastNs, long Count) series)
        && series.Count > 1
            ? (series.LastNs - series.FirstNs) / (series.Count - 1)
            : 0;

    public override void OnSnapshot(Snapshot snapshot)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        double endNs = EndOf(snapshot);
        _series[key] = _series.TryGetValue(key, out (double FirstNs, double LastNs, long Count) series)
            ? (series.FirstNs, endNs, series.Count + 1)
            : (endNs, endNs, 1);
    }
}
