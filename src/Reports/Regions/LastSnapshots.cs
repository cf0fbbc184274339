using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Regions;

/// <summary>The first pass of the regions report: the last complete snapshot of each target, as the ranges to look at.</summary>
internal sealed class LastSnapshots(RegionsOptions options) : ReportPass(options)
{
    public TargetSeries<Entry> Targets { get; } = new(() => new Entry());

    /// <summary>The same, to look one up.</summary>
    public IReadOnlyDictionary<TargetKey, Entry> Entries => Targets.All.ToDictionary(
        target => new TargetKey(target.Target.KdamondTid, target.Target.TargetId), target => target.Value);

    protected override void Take(Snapshot snapshot)
    {
        if (!snapshot.Complete)
        {
            return;
        }

        Entry entry = Targets.Of(snapshot, Catalog);
        entry.Keep(snapshot.Regions, snapshot.Estimates);
        entry.EndNs = Meter.EndNs;
        entry.AgeSeconds = Meter.AgeSeconds;
        entry.MaxAccesses = Meter.MaxAccesses ?? entry.MaxAccesses;
        entry.HzKnown |= Meter.HzPerAccess is not null;
    }

    /// <summary>What is kept of a target.</summary>
    internal sealed class Entry
    {
        private RegionEvent[] _regions = [];
        private RegionEstimateRecord[] _estimates = [];
        private int _count;
        private int _nrEstimates;

        public ReadOnlySpan<RegionEvent> Regions => _regions.AsSpan(0, _count);

        /// <summary>One per region, or none.</summary>
        public ReadOnlySpan<RegionEstimateRecord> Estimates => _estimates.AsSpan(0, _nrEstimates);

        public long EndNs { get; set; }

        public double? AgeSeconds { get; set; }

        public double? MaxAccesses { get; set; }

        public bool HzKnown { get; set; }

        public void Keep(ReadOnlySpan<RegionEvent> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
        {
            if (_estimates.Length < estimates.Length)
            {
                _estimates = new RegionEstimateRecord[estimates.Length * 2];
            }

            estimates.CopyTo(_estimates);
            _nrEstimates = estimates.Length;
            if (_regions.Length < regions.Length)
            {
                _regions = new RegionEvent[regions.Length * 2];
            }

            regions.CopyTo(_regions);
            _count = regions.Length;
        }
    }
}
