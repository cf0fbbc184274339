using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Live;

/// <summary>
/// What the view shows, built from a stream as it comes. The reader's thread writes, the drawing thread reads: both hold <see cref="Sync"/>.
/// </summary>
/// <param name="windowNs">How much time is shown, in nanoseconds.</param>
internal sealed class LiveState(long windowNs) : IRecordingSink
{
    // The CPU share is taken over about this time.
    private const ulong CpuSpanNs = 2_000_000_000;

    private readonly Dictionary<TargetKey, LiveTarget> _byKey = [];
    private readonly List<LiveTarget> _targets = [];
    private readonly SortedDictionary<(int Tid, uint Context, uint Scheme), LiveScheme> _schemes = [];
    private readonly Queue<Heartbeat> _heartbeats = new();

    internal Lock Sync { get; } = new();

    internal long WindowNs => windowNs;

    internal TargetCatalog Catalog { get; } = new();

    /// <summary>How the numbers are obtained; null until told.</summary>
    internal ContextDescription? Context { get; private set; }

    /// <summary>Targets in order of appearance.</summary>
    internal IReadOnlyList<LiveTarget> Targets => _targets;

    /// <summary>What schemes did, in their order.</summary>
    internal IEnumerable<LiveScheme> Schemes => _schemes.Values;

    /// <summary>The latest counters of the recorder; null until the first.</summary>
    internal Heartbeat? Counters { get; private set; }

    /// <summary>Set when the recording is over.</summary>
    internal RecordingEnd? End { get; private set; }

    /// <summary>CPU time of the recorder and of its kdamond, as shares of one CPU over the last seconds; null until known.</summary>
    internal (double Process, double Kdamond)? CpuShare
    {
        get
        {
            if (!_heartbeats.TryPeek(out Heartbeat first) || Counters is not { } last || last.MonotonicNs <= first.MonotonicNs)
            {
                return null;
            }

            double ns = last.MonotonicNs - first.MonotonicNs;
            return ((last.ProcessCpuNs - first.ProcessCpuNs) / ns, (last.KdamondCpuNs - first.KdamondCpuNs) / ns);
        }
    }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
        lock (Sync)
        {
            Context = context;
        }
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
        lock (Sync)
        {
            Catalog.Add(target);
        }
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
        lock (Sync)
        {
            Catalog.Add(mapping);
        }
    }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        lock (Sync)
        {
            Counters = heartbeat;
            _heartbeats.Enqueue(heartbeat);
            while (_heartbeats.Count > 2 && _heartbeats.Peek().MonotonicNs + CpuSpanNs < heartbeat.MonotonicNs)
            {
                _heartbeats.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        lock (Sync)
        {
            foreach (LiveTarget target in _targets)
            {
                if (target.Key.TargetId == footprint.TargetId)
                {
                    target.Take(footprint);
                }
            }
        }
    }

    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        lock (Sync)
        {
            var key = (scheme.KdamondTid, scheme.ContextIndex, scheme.SchemeIndex);
            if (!_schemes.TryGetValue(key, out LiveScheme? known))
            {
                _schemes.Add(key, known = new LiveScheme(scheme.SchemeIndex));
            }

            known.Take(in scheme);
        }
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        lock (Sync)
        {
            foreach (LiveTarget target in _targets)
            {
                if (target.Key.TargetId == idle.TargetId)
                {
                    target.Memory.Take(in idle, records, Catalog);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        lock (Sync)
        {
            TargetKey key = new(snapshot.KdamondTid, snapshot.TargetId);
            if (!_byKey.TryGetValue(key, out LiveTarget? target))
            {
                _byKey.Add(key, target = new LiveTarget(key, windowNs));
                _targets.Add(target);
            }

            target.Take(snapshot);
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        lock (Sync)
        {
            End = end;
        }
    }
}
