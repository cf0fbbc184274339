using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>Passes a recording on and keeps how it ended, so that nothing missing goes unsaid.</summary>
internal sealed class RecordingOutcome : IRecordingSink, IDisposable
{
    private readonly IRecordingSink _next;

    internal RecordingOutcome(IRecordingSink next)
    {
        _next = next;
    }

    internal RecordingEnd? End { get; private set; }

    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => _next.OnContext(context);

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => _next.OnTarget(target);

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => _next.OnMapping(mapping);

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        _next.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs);

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat) => _next.OnHeartbeat(heartbeat);

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint) => _next.OnFootprint(footprint);

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        _next.OnScheme(in scheme);
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access) => _next.OnAccess(in access);

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records) => _next.OnIdle(in idle, records);

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot) => _next.OnSnapshot(snapshot);

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        End = end;
        _next.OnEnd(end);
    }

    /// <inheritdoc/>
    public void Dispose() => (_next as IDisposable)?.Dispose();

    /// <summary>Says on stderr what is missing; nothing when nothing is.</summary>
    internal void Warn(TextWriter error)
    {
        if (End is null)
        {
            return;
        }

        if (End.Truncation is string truncation)
        {
            error.WriteLine($"damon-trace: the recording breaks off: {truncation}; everything before it was read");
        }

        foreach (string note in End.Notes)
        {
            error.WriteLine($"damon-trace: {note}");
        }

        if (End.LostEvents > 0 || End.IncompleteSnapshots > 0)
        {
            error.WriteLine($"damon-trace: {End.LostEvents} events were lost, {End.IncompleteSnapshots} of {End.Snapshots} snapshots are incomplete");
        }
    }
}
