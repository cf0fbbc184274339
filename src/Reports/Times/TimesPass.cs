using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Times;

/// <summary>Collects when regions matched.</summary>
internal sealed class TimesPass(TimesOptions options) : ReportPass(options)
{
    public AccessPattern Pattern { get; } = new(options);

    public TargetSeries<Series> Targets { get; } = new(() => new Series());

    protected override void Take(Snapshot snapshot)
    {
        Series series = Targets.Of(snapshot, Catalog);
        series.Add(Meter.BeginNs, Meter.EndNs, Pattern.BytesIn(snapshot, Meter));
    }

    /// <summary>The matches of one target, joined over time; 40 bytes for each stretch.</summary>
    internal sealed class Series
    {
        private readonly List<Stretch> _stretches = [];
        private bool _open;

        public IReadOnlyList<Stretch> Stretches => _stretches;

        public long Snapshots { get; private set; }

        public long Matching { get; private set; }

        public void Add(long beginNs, long endNs, ulong bytes)
        {
            Snapshots++;
            if (bytes == 0)
            {
                _open = false;
                return;
            }

            Matching++;

            // Between the last check of an aggregation and the begin of the next there may be a moment; a pause longer than the snapshot ends it.
            if (_open && beginNs - _stretches[^1].EndNs <= endNs - beginNs)
            {
                Stretch last = _stretches[^1];
                _stretches[^1] = new(last.BeginNs, endNs, last.Snapshots + 1, last.SumBytes + bytes, Math.Max(last.MaxBytes, bytes));
            }
            else
            {
                _stretches.Add(new Stretch(beginNs, endNs, 1, bytes, bytes));
            }

            _open = true;
        }
    }

    /// <summary>A stretch of time with matches.</summary>
    internal readonly record struct Stretch(long BeginNs, long EndNs, long Snapshots, double SumBytes, ulong MaxBytes);
}
