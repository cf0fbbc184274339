using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Recency;

/// <summary>
/// Collects how long memory has been idle: the age of a region that was not accessed, 0 for one that was. Age counts from before the
/// recording where the kdamond has run for longer.
/// </summary>
internal sealed class RecencyPass(RecencyOptions options) : ReportPass(options)
{
    public TargetSeries<Series> Targets { get; } = new(() => new Series());

    public IdleTargets Idle { get; } = new();

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => Idle.Add(in idle, records, Catalog);

    protected override void Take(Snapshot snapshot)
    {
        if (!snapshot.Complete)
        {
            return;
        }

        double intervalUs = Meter.AgeSeconds * 1e6 ?? throw new RecordingFormatException(
            "the recording does not tell its aggregation interval, the unit of age; hint: tell it with --aggr, e.g. --aggr 100ms");
        Series series = Targets.Of(snapshot, Catalog);
        series.Begin(Meter.EndNs);
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            ulong idleUs = region.NrAccesses > 0 ? 0 : (ulong)(region.Age * intervalUs);
            series.Add(in region, idleUs);
        }
    }

    /// <summary>The idle times of one target.</summary>
    internal sealed class Series
    {
        private readonly double[] _meanSum = new double[IdleTimes.StepsUs.Length];
        private readonly List<IdleRange> _last = [];

        public int Snapshots { get; private set; }

        public long EndNs { get; private set; }

        /// <summary>Regions of the last complete snapshot.</summary>
        public IReadOnlyList<IdleRange> Last => _last;

        public void Begin(long endNs)
        {
            Snapshots++;
            EndNs = endNs;
            _last.Clear();
        }

        public void Add(in RegionEvent region, ulong idleUs)
        {
            _last.Add(new IdleRange(region.Start, region.End, idleUs, region.NrAccesses > 0));
            _meanSum[IdleTimes.StepOf(idleUs)] += region.End - region.Start;
        }

        /// <summary>Bytes idle for at least the time of a step, mean of the snapshots.</summary>
        public double MeanBytes(int step) => _meanSum[step..].Sum() / Snapshots;
    }

    /// <summary>A region and how long it has been idle.</summary>
    internal readonly record struct IdleRange(ulong Start, ulong End, ulong IdleUs, bool Accessed)
    {
        public ulong Bytes => End - Start;
    }
}
