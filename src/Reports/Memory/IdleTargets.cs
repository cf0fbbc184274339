using Damon.Trace.Events;

namespace Damon.Trace.Reports.Memory;

/// <summary>The idle times of all targets of a recording. They know their target, not its kdamond.</summary>
internal sealed class IdleTargets
{
    private readonly SortedDictionary<ulong, IdleSeries> _targets = [];

    public bool Any => _targets.Count > 0;

    public void Add(in IdlePages idle, ReadOnlySpan<IdleRecord> records, TargetCatalog catalog)
    {
        if (!_targets.TryGetValue(idle.TargetId, out IdleSeries? series))
        {
            _targets.Add(idle.TargetId, series = new IdleSeries());
        }

        series.Add(in idle, records, catalog.MappingsOf(idle.TargetId));
    }

    public IdleSeries? Find(ulong targetId) => _targets.GetValueOrDefault(targetId);

    /// <inheritdoc cref="IdleSeries.Describe"/>
    public TargetMemory? Describe(ulong targetId, double coldAfterSeconds = MemoryRules.ColdAfterSeconds) =>
        Find(targetId)?.Describe(coldAfterSeconds);
}
