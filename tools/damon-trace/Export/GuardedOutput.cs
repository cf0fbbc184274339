using Damon.Trace.Events;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Export;

/// <summary>Passes a recording on to its writer, whose errors are those of the output and never of the input that is being read.</summary>
/// <param name="writer">The writer.</param>
/// <param name="path">Its output, for messages.</param>
/// <param name="namesItself">The writer gives its output the final name at the end of the recording.</param>
internal sealed class GuardedOutput(IRecordingSink writer, string path, bool namesItself = false) : IRecordingSink, IDisposable
{
    /// <inheritdoc/>
    public void OnContext(ContextDescription context) => Try(() => writer.OnContext(context));

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target) => Try(() => writer.OnTarget(target));

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping) => Try(() => writer.OnMapping(mapping));

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs) =>
        Try(() => writer.OnIntervalsTuned(timestampNs, cpu, kdamond, kdamondTid, sampleUs));

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
        Heartbeat beat = heartbeat;
        Try(() => writer.OnHeartbeat(beat));
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
        Footprint held = footprint;
        Try(() => writer.OnFootprint(held));
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        try
        {
            writer.OnIdle(in idle, records);
        }
        catch (Exception error) when (IsOfOutput(error))
        {
            throw Typed(error);
        }
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
        SchemeEvent applied = scheme;
        Try(() => writer.OnScheme(in applied));
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
        try
        {
            writer.OnAccess(in access);
        }
        catch (Exception error) when (IsOfOutput(error))
        {
            throw Typed(error);
        }
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        try
        {
            writer.OnSnapshot(snapshot);
        }
        catch (Exception error) when (IsOfOutput(error))
        {
            throw Typed(error);
        }
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => Try(() =>
    {
        if (namesItself)
        {
            Interruption.Finish(() => writer.OnEnd(end));
        }
        else
        {
            writer.OnEnd(end);
        }
    });

    /// <inheritdoc/>
    public void Dispose() => Try(() => (writer as IDisposable)?.Dispose());

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (IsOfOutput(error))
        {
            throw Typed(error);
        }
    }

    private static bool IsOfOutput(Exception error) =>
        error is (IOException or UnauthorizedAccessException) and not DamonTraceException;

    private OutputException Typed(Exception error) => new($"cannot write '{path}': {error.Message}", Math.Max(0, error.HResult));
}
