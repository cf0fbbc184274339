using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer;
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
        using MemoryMonitor monitor = TargetSet.Open(request.Targets, request, error);
        string description = TargetSet.Describe(monitor);
        var tracepoint = new DamonTracepoint();
        monitor.AddObserver(tracepoint);
        var state = new LiveState((long)options.Window.TotalNanoseconds);

        // The provider has to exist before a session asks for it.
        _ = DamonEventSource.Log;
        using IDisposable ending = Interruption.EndsItself();
        using LiveStream stream = LiveStream.Attach(Environment.ProcessId, state);
        using (new HeartbeatThread(tracepoint, monitor.Counters, TimeSpan.FromMilliseconds(100)))
        {
            monitor.Start();
            await LiveView.ShowAsync(state, options, Task.WhenAny(monitor.Finished, stream.Ended), interrupted);
            monitor.Stop();
            await Task.WhenAny(monitor.Finished);
        }

        // What went wrong in the worker or the reader may surface, now that the screen is as it was.
        await monitor.Finished;
        ThrowIfFailed(stream);
        bool gone = monitor.Counters.NrSnapshots == 0 && !interrupted.IsCancellationRequested && options.Duration is null;
        await error.WriteLineAsync($"damon-trace: watched {description}: {monitor.Counters.NrSnapshots} snapshots");
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
