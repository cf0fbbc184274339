using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Live;

/// <summary>One run of <c>live</c>: from its request until the screen is given back.</summary>
internal static class LiveRun
{
    /// <summary>Monitors processes and shows them; nothing is recorded.</summary>
    internal static async Task<int> WatchAsync(RecordRequest request, LiveOptions options, TextWriter error, CancellationToken interrupted)
    {
        ProcessNamespace.Check();
        var monitored = TargetSet.Open(request.Pids, request, error);
        var tracepoint = new DamonTracepoint();
        var state = new LiveState((long)options.Window.TotalNanoseconds);

        // The provider has to exist before a session asks for it.
        _ = DamonEventSource.Log;
        using IDisposable ending = Interruption.EndsItself();
        using LiveStream stream = LiveStream.Attach(Environment.ProcessId, state);
        using var kdamond = new Kdamond(monitored.ToKdamondOptions(request), monitored.Targets, tracepoint);
        using (new HeartbeatThread(tracepoint, kdamond.Counters, TimeSpan.FromMilliseconds(100)))
        {
            kdamond.Start();
            await LiveView.ShowAsync(state, options, Task.WhenAny(kdamond.Finished, stream.Ended), interrupted);
            kdamond.Stop();
            await Task.WhenAny(kdamond.Finished);
        }

        // What went wrong in the worker or the reader may surface, now that the screen is as it was.
        await kdamond.Finished;
        ThrowIfFailed(stream);
        bool gone = kdamond.Counters.NrSnapshots == 0 && !interrupted.IsCancellationRequested && options.Duration is null;
        await error.WriteLineAsync($"damon-trace: watched {monitored.Describe()}: {kdamond.Counters.NrSnapshots} snapshots");
        return gone ? ExitCode.TargetGone : ExitCode.Ok;
    }

    /// <summary>Shows a recording in progress, which goes on when the view ends.</summary>
    internal static async Task<int> AttachAsync(int pid, LiveOptions options, TextWriter error, CancellationToken interrupted)
    {
        var state = new LiveState((long)options.Window.TotalNanoseconds);
        ProcessNamespace.Check();
        using LiveStream stream = LiveStream.Attach(pid, state);
        using IDisposable ending = Interruption.EndsItself();
        await LiveView.ShowAsync(state, options, stream.Ended, interrupted);
        ThrowIfFailed(stream);
        if (stream.Ended.IsCompletedSuccessfully)
        {
            await error.WriteLineAsync($"damon-trace: the recording of process {pid} has ended");
        }

        return ExitCode.Ok;
    }

    private static void ThrowIfFailed(LiveStream stream)
    {
        if (stream.Ended.Exception is { } failure)
        {
            throw new InvalidOperationException($"the stream could not be read: {failure.InnerException!.Message}", failure.InnerException);
        }
    }
}
