using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Html;

/// <summary>Tells the rows of the maps what the mappings in force at each snapshot call them.</summary>
internal sealed class NamesFill(ReportSelection selection, IReadOnlyDictionary<TargetKey, RowNames> targets) : ReportPass(selection)
{
    protected override void Take(Snapshot snapshot)
    {
        if (targets.TryGetValue(new TargetKey(snapshot.KdamondTid, snapshot.TargetId), out RowNames? names))
        {
            names.Take(Catalog, snapshot.TargetId, Meter.BeginNs);
        }
    }
}
