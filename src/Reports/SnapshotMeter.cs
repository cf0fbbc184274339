using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>
/// What a snapshot's numbers are measured against: when its aggregation was, how long, and how many checks it made. Takes what the
/// recording says, else what the user told; times missing from the recording come from the distance of the snapshots.
/// </summary>
public sealed class SnapshotMeter(KnownIntervals known)
{
    private readonly Dictionary<TargetKey, Series> _series = [];

    /// <summary>Begin and end of the aggregation, nanoseconds of the recording's clock.</summary>
    public long BeginNs { get; private set; }

    /// <summary>End of the aggregation.</summary>
    public long EndNs { get; private set; }

    /// <summary>Real length of the aggregation in seconds; null when nobody knows the intervals.</summary>
    public double? WindowSeconds { get; private set; }

    /// <summary>The largest nr_accesses possible; null when nobody knows the intervals.</summary>
    public double? MaxAccesses { get; private set; }

    /// <summary>Access frequency of one counted access; null when it cannot be told.</summary>
    public double? HzPerAccess => WindowSeconds is > 0 and { } seconds ? 1 / seconds : null;

    /// <summary>The largest frequency that can be seen, 1 / sampling interval; null when nobody knows it.</summary>
    public double? MaxHz => MaxAccesses * HzPerAccess;

    /// <summary>Length of one aggregation interval, the unit of age, in seconds.</summary>
    public double? AgeSeconds { get; private set; }

    /// <summary>Sets the properties for this snapshot. Snapshots of a series must come in order.</summary>
    public void Measure(Snapshot snapshot)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_series.TryGetValue(key, out Series? series))
        {
            _series.Add(key, series = new Series());
        }

        // A snapshot whose header was lost has the intervals of the one before.
        series.SampleUs = snapshot.SampleUs ?? series.SampleUs ?? known.SampleUs;
        series.AggrUs = snapshot.AggrUs ?? series.AggrUs ?? known.AggrUs;
        AgeSeconds = series.AggrUs / 1e6;
        SetTimes(snapshot, series);
        bool exact = snapshot.BeginNs is { } begin && snapshot.EndNs is { } end && end > begin;
        WindowSeconds = exact ? (EndNs - BeginNs) / 1e9 : AgeSeconds;
        MaxAccesses = snapshot.NrSamples is > 0 and { } samples
            ? samples
            : series.SampleUs is > 0 ? (double?)series.AggrUs / series.SampleUs : null;
    }

    private void SetTimes(Snapshot snapshot, Series series)
    {
        EndNs = snapshot.EndNs ?? (snapshot.Count > 0 ? snapshot.Regions[0].TimestampNs : series.EndNs ?? 0);
        long? distance = series.EndNs is { } before && EndNs > before ? EndNs - before : null;
        long? interval = (long?)(series.AggrUs * 1000) ?? series.DistanceNs;
        if (snapshot.BeginNs is { } begin && begin <= EndNs)
        {
            BeginNs = begin;
        }
        else
        {
            // After a pause only one interval belongs to the snapshot. A first one of unknown length still happened.
            long length = distance is { } d && interval is { } i ? (d > 2 * i ? i : d) : distance ?? interval ?? 1;
            BeginNs = EndNs - length;
        }

        series.DistanceNs = distance ?? series.DistanceNs;
        series.EndNs = EndNs;
    }

    private sealed class Series
    {
        public ulong? SampleUs;
        public ulong? AggrUs;
        public long? EndNs;
        public long? DistanceNs;
    }
}
