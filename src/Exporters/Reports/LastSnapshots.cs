using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>The first pass of the regions report: the last complete snapshot of each target, as the ranges to look at.</summary>
internal sealed class LastSnapshots(RegionsOptions options) : IRecordingSink
{
    private readonly SnapshotMeter _meter = new(options.Known);
    private readonly Dictionary<TargetKey, Entry> _entries = [];

    public TargetCatalog Catalog { get; } = new();

    public RecordingEnd? End { get; private set; }

    public IReadOnlyDictionary<TargetKey, Entry> Entries => _entries;

    public void OnTarget(TargetDescription target) => Catalog.Add(target);

    public void OnMapping(MappingDescription mapping) => Catalog.Add(mapping);

    public void OnSnapshot(Snapshot snapshot)
    {
        _meter.Measure(snapshot);
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!snapshot.Complete || (options.TargetId is { } only && only != snapshot.TargetId))
        {
            return;
        }

        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            _entries.Add(key, entry = new Entry());
        }

        entry.Keep(snapshot.Regions);
        entry.AgeSeconds = _meter.AgeSeconds;
        entry.MaxAccesses = _meter.MaxAccesses ?? entry.MaxAccesses;
        entry.HzKnown |= _meter.HzPerAccess is not null;
    }

    public void OnEnd(RecordingEnd end) => End = end;

    /// <summary>What is kept of a target.</summary>
    internal sealed class Entry
    {
        private RegionEvent[] _regions = [];
        private int _count;

        public ReadOnlySpan<RegionEvent> Regions => _regions.AsSpan(0, _count);

        public double? AgeSeconds { get; set; }

        public double? MaxAccesses { get; set; }

        public bool HzKnown { get; set; }

        public void Keep(ReadOnlySpan<RegionEvent> regions)
        {
            if (_regions.Length < regions.Length)
            {
                _regions = new RegionEvent[regions.Length * 2];
            }

            regions.CopyTo(_regions);
            _count = regions.Length;
        }
    }
}
