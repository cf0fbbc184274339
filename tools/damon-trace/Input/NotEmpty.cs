using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Input;

/// <summary>Passes a recording on, and refuses one without snapshots: there is nothing to say about it, and nothing is no answer.</summary>
internal sealed class NotEmpty(IRecordingSink next, string name) : IRecordingSink
{
    private long _schemes;
    private long _events;

    /// <summary>Regions passed on so far; for any thread.</summary>
    internal long Events => Volatile.Read(ref _events);

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => next.OnContext(context);

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => next.OnTarget(target);

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => next.OnMapping(mapping);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        next.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs);

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => next.OnHeartbeat(heartbeat);

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => next.OnFootprint(footprint);

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => next.OnIdle(in idle, records);

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        _schemes++;
        next.OnScheme(in scheme);
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access) => next.OnAccess(in access);

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        Volatile.Write(ref _events, _events + snapshot.Count);
        next.OnSnapshot(snapshot);
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        if (end.Snapshots == 0 && _schemes == 0)
        {
            string[] reasons = [.. end.Notes, .. end.Truncation is { } truncation ? [$"it breaks off: {truncation}"] : (string[])[]];
            string why = reasons.Length > 0 ? $" ({string.Join("; ", reasons)})" : "";
            throw new InputException(
                $"there is no damon_aggregated event in '{name}'{why}", "'damon-trace record' or 'perf record -e damon:damon_aggregated' records them");
        }

        next.OnEnd(end);
    }
}
