using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.NrRegions;

/// <summary>Collects the numbers of regions of a recording.</summary>
internal sealed class NrRegionsPass : ReportPass
{
    private readonly NrRegionsOptions _options;

    public NrRegionsPass(NrRegionsOptions options)
        : base(options) => _options = options;

    public TargetSeries<NrRegionsSeries> Targets { get; } = new(() => new NrRegionsSeries());

    public long Skipped { get; private set; }

    protected override void Take(Snapshot snapshot)
    {
        NrRegionsSeries series = Targets.Of(snapshot, Catalog);
        if (++series.Seen <= _options.SkipSnapshots)
        {
            Skipped++;
            return;
        }

        series.Numbers.Add(snapshot.NrRegions);
        if (_options.OverTime)
        {
            series.Points.Add((Meter.EndNs, snapshot.NrRegions));
        }
    }
}

/// <summary>The numbers of regions of one target, and when, if that is asked for.</summary>
internal sealed class NrRegionsSeries
{
    /// <summary>Snapshots seen, those left out at the begin included.</summary>
    public int Seen { get; set; }

    public Distribution Numbers { get; } = new();

    public List<(long EndNs, ulong NrRegions)> Points { get; } = [];
}
