using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>One run of <c>record</c>: from its request to the last line on stderr.</summary>
internal static class RecordingRun
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    internal static async Task<int> RunAsync(RecordRequest request, TextWriter error, CancellationToken interrupted)
    {
        using LaunchedCommand? launched = request.Command.Count > 0 ? LaunchedCommand.Start(request.Command) : null;
        var ended = new TaskCompletionSource<EndCause>(TaskCreationOptions.RunContinuationsAsynchronously);
        var monitored = TargetSet.Open(launched is null ? request.Pids : [launched.Pid], request);
        List<RecordingOutput> outputs = [];
        try
        {
            foreach (OutputRequest output in request.Outputs)
            {
                outputs.Add(RecordingOutput.Open(output, request, _ => OnOutputFailed(outputs, ended)));
            }

            return await RecordAsync(request, monitored, outputs, ended, error, interrupted);
        }
        finally
        {
            outputs.ForEach(output => output.Dispose());
        }
    }

    private static async Task<int> RecordAsync(
        RecordRequest request, TargetSet monitored, List<RecordingOutput> outputs, TaskCompletionSource<EndCause> ended,
        TextWriter error, CancellationToken interrupted)
    {
        var tracepoint = new DamonTracepoint();
        LiveRecording recording = LiveRecording.Start(request.BufferMb, outputs);
        using var kdamond = new Kdamond(monitored.ToKdamondOptions(request), monitored.Targets, tracepoint);
        var heartbeat = new HeartbeatThread(tracepoint, kdamond.Counters);
        long beginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long beginCpuNs = HeartbeatThread.ProcessCpuNs;
        kdamond.Start();
        error.WriteLine($"damon-trace: recording {monitored.Describe()}; {EndHint(request)}");

        EndCause cause = await WaitAsync(kdamond, request, ended, interrupted);
        kdamond.Stop();
        await Task.WhenAny(kdamond.Finished);
        heartbeat.Dispose();
        var spent = new RecordingCost(Time.GetNs(Time.CLOCK_MONOTONIC) - beginNs, HeartbeatThread.ProcessCpuNs - beginCpuNs);
        recording.Stop(s_stopPatience);
        List<string> fates = outputs.ConvertAll(output => output.Complete());
        RecordingSummary.Write(error, kdamond, recording.End, spent, fates, cause);

        // What was recorded is safe by now; an error of the worker itself may surface.
        await kdamond.Finished;
        return ExitCodeOf(cause, kdamond);
    }

    private static async Task<EndCause> WaitAsync(
        Kdamond kdamond, RecordRequest request, TaskCompletionSource<EndCause> ended, CancellationToken interrupted)
    {
        Task interruption = Task.Delay(Timeout.Infinite, interrupted);
        Task duration = Task.Delay(request.Duration ?? Timeout.InfiniteTimeSpan, CancellationToken.None);
        Task first = await Task.WhenAny(interruption, duration, kdamond.Finished, ended.Task);
        return first == interruption ? EndCause.Interrupted
            : first == duration ? EndCause.Duration
            : first == kdamond.Finished ? EndCause.TargetsExited
            : await ended.Task;
    }

    /// <summary>A full disk ends the recording; a reader that closed stdout ends it only when nothing else is being written.</summary>
    private static void OnOutputFailed(List<RecordingOutput> outputs, TaskCompletionSource<EndCause> ended)
    {
        if (outputs.Exists(output => output.Failure is not null && !output.ReaderGone))
        {
            ended.TrySetResult(EndCause.OutputFailed);
        }
        else if (outputs.TrueForAll(output => output.ReaderGone))
        {
            ended.TrySetResult(EndCause.ReaderGone);
        }
    }

    private static string EndHint(RecordRequest request) =>
        request.Duration is TimeSpan duration ? $"ends after {HumanText.Seconds(duration)} or with Ctrl-C" : "Ctrl-C ends it";

    private static int ExitCodeOf(EndCause cause, Kdamond kdamond) => cause switch
    {
        EndCause.OutputFailed => ExitCode.OutputFailed,
        EndCause.TargetsExited when kdamond.Counters.NrSnapshots == 0 => ExitCode.TargetGone,
        _ => ExitCode.Ok,
    };
}
