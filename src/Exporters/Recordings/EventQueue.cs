using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// The events of one thread on their way to the sink of another, in order. Snapshots are exchanged, not copied: their instances go round.
/// </summary>
internal sealed class EventQueue : IRecordingSink
{
    /// <summary>So many regions wait at most, give or take a snapshot: 5 MB, some milliseconds of either side's work.</summary>
    internal const int MaxRegions = 128 * 1024;

    /// <summary>And so many snapshots and other events: an instance has its size, however few regions are in it.</summary>
    private const int MaxEvents = 256;

    /// <summary>
    /// Waking a thread takes as long as reading a snapshot does. So who finds nothing looks once more after this time before it has itself
    /// woken: while much comes, nobody is woken for a single snapshot, and while little comes, everything is delivered at once.
    /// </summary>
    private static readonly TimeSpan s_nap = TimeSpan.FromMilliseconds(1);

    private readonly object _lock = new();
    private readonly Stack<Snapshot> _free = new();
    private List<Entry> _waiting = [];
    private List<Entry> _taken = [];
    private int _regions;
    private bool _sinkSleeps;
    private bool _finished;
    private bool _abandoned;

    private bool IsFull => _regions >= MaxRegions || _waiting.Count >= MaxEvents;

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => Add(sink => sink.OnContext(context));

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => Add(sink => sink.OnTarget(target));

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => Add(sink => sink.OnMapping(mapping));

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Add(sink => sink.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        Heartbeat beat = heartbeat;
        Add(sink => sink.OnHeartbeat(in beat));
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        Footprint held = footprint;
        Add(sink => sink.OnFootprint(in held));
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        IdlePages pages = idle;
        IdleRecord[] kept = records.ToArray();
        Add(sink => sink.OnIdle(in pages, kept));
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        SchemeEvent applied = scheme;
        Add(sink => sink.OnScheme(in applied));
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        AccessEvent sampled = access;
        Add(sink => sink.OnAccess(in sampled));
    }

    /// <summary>Bound by two uncontended locks a snapshot; no allocation once enough instances go round.</summary>
    public void OnSnapshot(Snapshot snapshot)
    {
        Snapshot? taken;
        lock (_lock)
        {
            _free.TryPop(out taken);
        }

        taken ??= new Snapshot();
        taken.Exchange(snapshot);
        Add(new Entry(taken, null));
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => Add(sink => sink.OnEnd(end));

    /// <summary>Nothing more comes.</summary>
    internal void Finish()
    {
        lock (_lock)
        {
            _finished = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Nobody takes anything any more: whoever adds is sent away.</summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _abandoned = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Calls the sink with everything, up to <see cref="Finish"/>.</summary>
    internal void DeliverTo(IRecordingSink sink)
    {
        while (TryTake())
        {
            foreach (Entry entry in _taken)
            {
                if (entry.Snapshot is { } snapshot)
                {
                    sink.OnSnapshot(snapshot);
                }
                else
                {
                    entry.Call!(sink);
                }
            }
        }
    }

    private void Add(Action<IRecordingSink> call) => Add(new Entry(null, call));

    private void Add(Entry entry)
    {
        lock (_lock)
        {
            while (IsFull && !_abandoned)
            {
                Monitor.PulseAll(_lock);
                Monitor.Wait(_lock);
            }

            if (_abandoned)
            {
                throw new OperationCanceledException("nobody reads the events any more");
            }

            _waiting.Add(entry);
            _regions += entry.Snapshot?.Count ?? 0;
            if (_sinkSleeps)
            {
                _sinkSleeps = false;
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Gives back the instances of what was taken, and takes all that waits; false when nothing more comes.</summary>
    private bool TryTake()
    {
        lock (_lock)
        {
            foreach (Entry entry in _taken)
            {
                if (entry.Snapshot is { } snapshot)
                {
                    _free.Push(snapshot);
                }
            }

            _taken.Clear();
            if (_waiting.Count == 0 && !_finished)
            {
                Monitor.Wait(_lock, s_nap);
            }

            while (_waiting.Count == 0 && !_finished)
            {
                _sinkSleeps = true;
                Monitor.Wait(_lock);
            }

            (_waiting, _taken) = (_taken, _waiting);
            _regions = 0;
            Monitor.PulseAll(_lock);
            return _taken.Count > 0;
        }
    }

    /// <summary>A snapshot, or a call of any other event.</summary>
    private readonly record struct Entry(Snapshot? Snapshot, Action<IRecordingSink>? Call);
}
