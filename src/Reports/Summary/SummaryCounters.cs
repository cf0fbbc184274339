using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Summary;

/// <summary>Totals over a recording.</summary>
internal sealed class SummaryCounters
{
    private readonly SortedDictionary<ulong, TargetEvidence> _targets = [];
    private long _firstNs = long.MaxValue;
    private long _lastNs = long.MinValue;
    private long? _wallOffsetNs;
    private Heartbeat? _first;
    private double _samples;
    private double _unclearable;
    private double _unprepared;
    private double _windowsNs;
    private double _windows;

    public long Tuned { get; set; }

    public Heartbeat? Last { get; private set; }

    /// <summary>Snapshots of which the recording does not tell the intervals.</summary>
    public long WithoutIntervals { get; private set; }

    /// <summary>From the begin of the first aggregation to the end of the last.</summary>
    public double Seconds => _lastNs > _firstNs ? (_lastNs - _firstNs) / 1e9 : 0;

    public long? WallStart => _wallOffsetNs is { } offset && _firstNs != long.MaxValue ? unchecked(_firstNs + offset) : null;

    /// <summary>
    /// Share of samples on pages whose accessed bit cannot be cleared. Samples are counted while regions are split, the regions of a
    /// snapshot are those after merging: where there are more of the former than of the latter, they are all that is known of the number.
    /// </summary>
    public double UnclearableShare => _samples > 0 ? _unclearable / _samples : 0;

    /// <summary>Share of samples that were not prepared, of the same.</summary>
    public double UnpreparedShare => _samples > 0 ? _unprepared / _samples : 0;

    /// <summary>Mean real length of a sampling window; null where the recording does not tell it.</summary>
    public double? MeanWindowUs => _windows > 0 ? _windowsNs / _windows / 1e3 : null;

    /// <summary>By target_id.</summary>
    public IReadOnlyCollection<TargetEvidence> Targets => _targets.Values;

    /// <summary>Idle times of the targets.</summary>
    public IdleTargets Idle { get; } = new();

    /// <summary>End of the last snapshot, nanoseconds of the recording's clock.</summary>
    public long EndNs => _lastNs;

    /// <summary>CPU time of the whole recorder over wall time, between the first heartbeat and the last.</summary>
    public double? CpuShare => _first is { } first && Last is { } last && last.MonotonicNs > first.MonotonicNs
        ? (last.ProcessCpuNs - (double)first.ProcessCpuNs) / (last.MonotonicNs - first.MonotonicNs)
        : null;

    public void Add(in Heartbeat heartbeat)
    {
        _first ??= heartbeat;
        Last = heartbeat;
    }

    /// <summary>What the latest snapshot of a target says about memory; null where none does.</summary>
    public SnapshotMemory? MemoryOf(ulong targetId) => _targets.GetValueOrDefault(targetId)?.Memory;

    public void Add(in Footprint footprint) => Of(footprint.TargetId).Add(in footprint);

    public void Add(in IdlePages idle, ReadOnlySpan<IdleRecord> records, TargetCatalog catalog) => Idle.Add(in idle, records, catalog);

    public void Add(Snapshot snapshot, SnapshotMeter meter)
    {
        Of(snapshot.TargetId).Add(snapshot, meter);
        if (snapshot is { WindowsNs: { } windowsNs, NrSamples: { } windows })
        {
            _windowsNs += windowsNs;
            _windows += windows;
        }

        _firstNs = Math.Min(_firstNs, meter.BeginNs);
        _lastNs = Math.Max(_lastNs, meter.EndNs);
        _wallOffsetNs = snapshot.WallOffsetNs ?? _wallOffsetNs;
        WithoutIntervals += meter.WindowSeconds is null ? 1 : 0;
        if (snapshot.NrUnclearable is { } unclearable && snapshot.NrUnprepared is { } unprepared)
        {
            double samples = (double)(snapshot.NrSamples ?? 0) * snapshot.NrRegions;
            _samples += Math.Max(samples, (double)unclearable + unprepared);
            _unclearable += unclearable;
            _unprepared += unprepared;
        }
    }

    private TargetEvidence Of(ulong targetId)
    {
        if (!_targets.TryGetValue(targetId, out TargetEvidence? evidence))
        {
            _targets.Add(targetId, evidence = new TargetEvidence(targetId));
        }

        return evidence;
    }
}
