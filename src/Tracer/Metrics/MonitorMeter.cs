using System.Diagnostics.Metrics;
using Damon.Trace.Events;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Tracer.Metrics;

/// <summary>
/// What a monitor knows, as instruments of the meter <see cref="MeterName"/>: dotnet-counters, OpenTelemetry and whoever else listens to meters reads
/// them. Measured when somebody asks; the kdamond adds up 40 bytes a mapping about once a second. Instruments and labels: docs/services.md.
/// </summary>
internal sealed class MonitorMeter : ISnapshotObserver, IDisposable
{
    internal const string MeterName = "Damon";

    // A target whose pages are looked at this rarely has gone, or its figures are too old to be called those of now.
    private const ulong StaleNs = 120_000_000_000;

    private static readonly (string Label, int Bound)[] s_idle = [("10s", BoundOf(10_000)), ("2m", BoundOf(120_000)), ("10m", BoundOf(600_000))];
    private static readonly int s_working = BoundOf(10_000);
    private static readonly int s_hot = BoundOf(1_000);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<ulong, TargetMetrics> _targets = [];
    private readonly Meter _meter = new(MeterName, typeof(MonitorMeter).Assembly.GetName().Version?.ToString(3));
    private readonly RecorderCounters _counters;
    private readonly Func<long> _nrDropped;

    /// <param name="counters">Those of the recorder.</param>
    /// <param name="nrDropped">Snapshots that no consumer took in time.</param>
    internal MonitorMeter(RecorderCounters counters, Func<long> nrDropped)
    {
        _counters = counters;
        _nrDropped = nrDropped;
        AddMemory();
        AddHealth();
    }

    /// <inheritdoc/>
    public int AttachCount => 0;

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
        string cgroup = ControlGroups.OfProcess(target.Pid);
        string unit = ControlGroups.UnitOf(cgroup);
        lock (_lock)
        {
            if (_targets.TryGetValue(target.TargetId, out TargetMetrics? known))
            {
                known.Rename(target, cgroup, unit);
            }
            else
            {
                _targets.Add(target.TargetId, new TargetMetrics(target, cgroup, unit));
            }
        }
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        lock (_lock)
        {
            _targets.GetValueOrDefault(mapping.TargetId)?.Add(mapping);
        }
    }

    /// <inheritdoc/>
    public void OnAggregated(
        in SnapshotHeader header, in SnapshotMemory memory, ReadOnlySpan<DamonRegion> regions, ReadOnlySpan<RegionEstimateRecord> estimates)
    {
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(ulong sampleUs)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        lock (_lock)
        {
            if (_targets.TryGetValue(footprint.TargetId, out TargetMetrics? target))
            {
                ulong pss = footprint.PssBytes == Footprint.Unknown ? target.Footprint?.PssBytes ?? Footprint.Unknown : footprint.PssBytes;
                target.Footprint = footprint with { PssBytes = pss };
            }
        }
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        lock (_lock)
        {
            _targets.GetValueOrDefault(idle.TargetId)?.Take(in idle, records);
        }
    }

    /// <summary>A target is no more.</summary>
    internal void Forget(ulong targetId)
    {
        lock (_lock)
        {
            _targets.Remove(targetId);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static int BoundOf(ulong ms) => IdleBuckets.BoundsMs.IndexOf(ms);

    private void AddMemory()
    {
        Gauge("damon.memory.resident", "Memory that is held.", static (target, kind) => target.Resident(kind));
        Gauge("damon.memory.unknown", "Memory that is held and of which nothing can be known.", static (target, kind) => target.Unknown(kind));
        Gauge("damon.memory.working_set", "Memory accessed within 10 s.", static (target, kind) => Within(target, kind, s_working));
        Gauge("damon.memory.hot", "Memory accessed within 1 s.", static (target, kind) => Within(target, kind, s_hot));
        _meter.CreateObservableGauge(
            "damon.memory.idle", () => Measure(static (target, kind, add) =>
            {
                foreach ((string label, int bound) in s_idle)
                {
                    if (target.IdleFor(kind, bound) is { } bytes)
                    {
                        add(bytes, new KeyValuePair<string, object?>("idle", label));
                    }
                }
            }), "By", "Memory not accessed for at least the time in the label.");
        _meter.CreateObservableGauge("damon.memory.pss", Pss, "By", "Memory that is held, shared pages divided by the processes that map them.");
    }

    private void AddHealth()
    {
        _meter.CreateObservableCounter(
            "damon.recorder.cpu.time", () => (Time.GetNs(Time.CLOCK_PROCESS_CPUTIME_ID) + _counters.NamesCpuNs) / 1e9, "s", "CPU time of the whole recorder.");
        _meter.CreateObservableCounter("damon.recorder.kdamond.cpu.time", () => _counters.KdamondCpuNs / 1e9, "s", "Of it that of the sampling thread.");
        _meter.CreateObservableGauge("damon.recorder.memory.usage", static () => Environment.WorkingSet, "By", "Memory the recorder itself holds.");
        _meter.CreateObservableCounter("damon.recorder.snapshots", () => _counters.NrSnapshots, "{snapshot}", "Snapshots made.");
        _meter.CreateObservableCounter("damon.recorder.checks", () => _counters.NrChecks, "{check}", "Access checks made, each of all regions.");
        _meter.CreateObservableCounter("damon.recorder.late", () => _counters.NrLate, "{check}", "Checks more than half an interval late.");
        _meter.CreateObservableCounter("damon.recorder.missed", () => _counters.NrMissed, "{check}", "Intervals that passed without a check.");
        _meter.CreateObservableCounter("damon.recorder.lost", _nrDropped, "{snapshot}", "Snapshots that did not reach their reader.");
        _meter.CreateObservableGauge("damon.recorder.targets", () => TargetCount(), "{process}", "Processes that are monitored.");
    }

    private int TargetCount()
    {
        lock (_lock)
        {
            return _targets.Count;
        }
    }

    private static double? Within(TargetMetrics target, MappingClass kind, int bound) =>
        target.IdleFor(kind, bound) is { } idle && target.Unknown(kind) is { } unknown ? Math.Max(0, target.Resident(kind) - idle - unknown) : null;

    private void Gauge(string name, string description, Func<TargetMetrics, MappingClass, double?> bytesOf) => _meter.CreateObservableGauge(
        name, () => Measure((target, kind, add) =>
        {
            if (bytesOf(target, kind) is { } bytes)
            {
                add(bytes, null);
            }
        }), "By", description);

    /// <summary>One measurement for each target and class of which something is known; nothing, rather than 0, for the others.</summary>
    private List<Measurement<double>> Measure(Action<TargetMetrics, MappingClass, Action<double, KeyValuePair<string, object?>?>> measure)
    {
        List<Measurement<double>> measured = [];
        ulong nowNs = (ulong)Time.GetNs(Time.CLOCK_MONOTONIC);
        lock (_lock)
        {
            foreach (TargetMetrics target in _targets.Values)
            {
                for (int kind = 0; kind < MappingClasses.Names.Count && target.TimeNs != 0 && nowNs - target.TimeNs < StaleNs; kind++)
                {
                    if (target.Resident((MappingClass)kind) == 0)
                    {
                        continue;
                    }

                    var name = new KeyValuePair<string, object?>("mapping.class", MappingClasses.Names[kind]);
                    measure(target, (MappingClass)kind, (bytes, more) => measured.Add(new Measurement<double>(
                        Math.Round(bytes), more is { } tag ? [.. target.Tags, name, tag] : [.. target.Tags, name])));
                }
            }
        }

        return measured;
    }

    private List<Measurement<double>> Pss()
    {
        lock (_lock)
        {
            return [.. _targets.Values.Where(static target => target.Footprint is { PssBytes: not Footprint.Unknown })
                .Select(static target => new Measurement<double>(target.Footprint!.Value.PssBytes, target.Tags))];
        }
    }
}
