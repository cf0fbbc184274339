using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Reports;

/// <summary>What the summary says of one target.</summary>
internal sealed class SummaryTarget(string kdamond)
{
    public string Kdamond { get; } = kdamond;

    public WssSeries Wss { get; } = new();

    /// <summary>The hottest range of the last complete snapshot: the most accesses, then the largest.</summary>
    public RegionEvent? Hottest { get; private set; }

    public double? HottestHz { get; private set; }

    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        if (!snapshot.Complete)
        {
            return;
        }

        Wss.Add(WssSeries.SizeOf(snapshot, accessThreshold: 1));
        RegionEvent best = default;
        foreach (ref readonly RegionEvent region in snapshot.Regions)
        {
            bool hotter = region.NrAccesses > best.NrAccesses
                || (region.NrAccesses == best.NrAccesses && region.End - region.Start > best.End - best.Start);
            best = region.NrAccesses > 0 && hotter ? region : best;
        }

        Hottest = best.NrAccesses > 0 ? best : null;
        HottestHz = best.NrAccesses * meter.HzPerAccess;
    }
}
