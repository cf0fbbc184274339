using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports;

/// <summary>One value for each series of snapshots, in order of appearance.</summary>
internal sealed class TargetSeries<T>(Func<T> create)
    where T : class
{
    private readonly Dictionary<TargetKey, T> _values = [];
    private readonly List<(TargetIdentity Target, T Value)> _order = [];

    /// <summary>The targets in order of appearance.</summary>
    public IReadOnlyList<(TargetIdentity Target, T Value)> All => _order;

    /// <summary>The value of a snapshot's series; no allocation once the series was seen.</summary>
    public T Of(Snapshot snapshot, TargetCatalog catalog)
    {
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_values.TryGetValue(key, out T? value))
        {
            _values.Add(key, value = create());
            _order.Add((catalog.Identify(snapshot), value));
        }

        return value;
    }
}
