using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Compare;

/// <summary>What one of the two recordings says, by target_id.</summary>
internal sealed class ComparePass(CompareOptions options) : ReportPass(options)
{
    private readonly SortedDictionary<ulong, TargetUse> _targets = [];

    public IReadOnlyDictionary<ulong, TargetUse> Targets => _targets;

    protected override void Take(Snapshot snapshot)
    {
        if (!snapshot.Complete)
        {
            return;
        }

        if (!_targets.TryGetValue(snapshot.TargetId, out TargetUse? use))
        {
            _targets.Add(snapshot.TargetId, use = new TargetUse
            {
                Identity = Catalog.Identify(snapshot),
                StartTimeTicks = Catalog.Find(snapshot.TargetId)?.StartTimeTicks,
            });
        }

        use.Add(snapshot, Catalog, Meter.HzPerAccess);
    }

    protected override void Take(in Footprint footprint)
    {
        if (_targets.TryGetValue(footprint.TargetId, out TargetUse? use))
        {
            use.Add(in footprint);
        }
    }
}
