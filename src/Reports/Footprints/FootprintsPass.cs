using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Footprints;

/// <summary>
/// Collects the footprints of a recording and the working sets beside them. Footprints know their target, not its kdamond.
/// </summary>
internal sealed class FootprintsPass(ReportSelection selection) : ReportPass(selection)
{
    private readonly SortedDictionary<ulong, FootprintsSeries> _targets = [];

    /// <summary>By target_id.</summary>
    public IEnumerable<FootprintsSeries> Targets => _targets.Values;

    public IdleTargets Idle { get; } = new();

    public FootprintsSeries? Find(ulong targetId) => _targets.GetValueOrDefault(targetId);

    protected override void Take(Snapshot snapshot)
    {
        if (snapshot.Complete)
        {
            Of(snapshot.TargetId).AddWorkingSet(WorkingSet.SizeOf(snapshot, accessThreshold: 1));
        }
    }

    protected override void Take(in Footprint footprint) => Of(footprint.TargetId).Add(in footprint);

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => Idle.Add(in idle, records, Catalog);

    private FootprintsSeries Of(ulong targetId)
    {
        if (!_targets.TryGetValue(targetId, out FootprintsSeries? series))
        {
            _targets.Add(targetId, series = new FootprintsSeries(targetId));
        }

        return series;
    }
}
