using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Pictures;

/// <summary>What each target used and held over time: working set sizes of complete snapshots, footprints, and memory by state.</summary>
internal sealed class MemoryTimes(ReportSelection selection, uint accessThreshold = 1) : ReportPass(selection)
{
    private readonly Dictionary<TargetKey, MemoryTime> _targets = [];
    private readonly Dictionary<ulong, List<Footprint>> _footprints = [];
    private readonly Dictionary<ulong, StatesTime> _states = [];

    /// <summary>Begin of the first aggregation that was selected, nanoseconds of the recording's clock.</summary>
    public long FirstNs { get; private set; } = long.MaxValue;

    public long LastNs { get; private set; } = long.MinValue;

    public IReadOnlyDictionary<TargetKey, MemoryTime> Targets => _targets;

    /// <summary>Footprints are told per target id, without the kdamond.</summary>
    public IReadOnlyList<Footprint> FootprintsOf(ulong targetId) => _footprints.GetValueOrDefault(targetId, []);

    /// <summary>
    /// Hot, cold and unknown memory over time; null where the recording has no idle times. They are told per target id, too.
    /// </summary>
    public StatesTime? StatesOf(ulong targetId) => _states.GetValueOrDefault(targetId) is { Count: > 0 } states ? states : null;

    protected override void Take(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        if (!_states.TryGetValue(idle.TargetId, out StatesTime? states))
        {
            _states.Add(idle.TargetId, states = new StatesTime());
        }

        states.Add(in idle, records, Catalog);
    }

    protected override void Take(in Footprint footprint)
    {
        if (!_footprints.TryGetValue(footprint.TargetId, out List<Footprint>? list))
        {
            _footprints.Add(footprint.TargetId, list = []);
        }

        list.Add(footprint);
    }

    protected override void Take(Snapshot snapshot)
    {
        FirstNs = Math.Min(FirstNs, Meter.BeginNs);
        LastNs = Math.Max(LastNs, Meter.EndNs);
        TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
        if (!_targets.TryGetValue(key, out MemoryTime? target))
        {
            _targets.Add(key, target = new MemoryTime());
        }

        if (snapshot.Complete)
        {
            target.Add(Meter.EndNs, WorkingSet.SizeOf(snapshot, accessThreshold), snapshot.Memory);
        }
    }
}
