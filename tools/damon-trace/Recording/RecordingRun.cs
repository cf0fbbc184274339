using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>One run of <c>record</c>: from its request to the last line on stderr.</summary>
internal static class RecordingRun
{
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(5);

    internal static async Task<int> RunAsync(RecordRequest request, TextWriter error, CancellationToken interrupted)
    {
        var damon = new KernelDamon();
        if (request.DrivesKernel)
        {
            // Before a command is started for nothing.
            damon.ThrowIfRefused();
        }

        using LaunchedCommand? launched = request.Command.Count > 0 ? LaunchedCommand.Start(request.Command) : null;
        var ended = new TaskCompletionSource<EndCause>(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingSource source = OpenSource(request, damon, launched, error);
        List<RecordingOutput> outputs = [];
        try
        {
            foreach (OutputRequest output in request.Outputs)
            {
                outputs.Add(RecordingOutput.Open(output, request, _ => OnOutputFailed(outputs, ended)));
            }

            return await RecordAsync(request, source, outputs, ended, error, interrupted);
        }
        finally
        {
            outputs.ForEach(output => output.Dispose());
        }
    }

    private static RecordingSource OpenSource(RecordRequest request, KernelDamon damon, LaunchedCommand? launched, TextWriter error)
    {
        IReadOnlyList<int> pids = launched is null ? request.Pids : [launched.Pid];
        try
        {
            return request.DrivesKernel
                ? RecordingSource.KernelTargets(damon, pids, request, error)
                : request.Kernel ? RecordingSource.Kernel() : RecordingSource.Targets(pids, request, error);
        }
        catch (Exception problem) when (launched is { HasExited: true }
            && problem is TargetUnavailableException or UserErrorException { ExitCode: ExitCode.NoAccessCheck })
        {
            // Gone before it was opened, or between that and the trial of the access checks.
            throw new UserErrorException(
                $"'{request.Command[0]}' ended before it could be monitored", "only what runs for a second or longer can be", ExitCode.TargetGone);
        }
    }

    private static async Task<int> RecordAsync(
        RecordRequest request, RecordingSource source, List<RecordingOutput> outputs, TaskCompletionSource<EndCause> ended,
        TextWriter error, CancellationToken interrupted)
    {
        using NativeTracepoints natives = NativeTracepoints.Register(request, error);
        var tracepoint = new DamonTracepoint(natives.Registered);
        using IRecorder recorder = source.Create(tracepoint);
        LiveRecording recording = LiveRecording.Start(request.BufferMb, outputs);
        var heartbeat = new HeartbeatThread(tracepoint, recorder.Counters, TimeSpan.FromSeconds(1));
        long beginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long beginCpuNs = HeartbeatThread.ProcessCpuNs;
        recorder.Start();
        error.WriteLine($"damon-trace: recording {source.Description}; {EndHint(request)}");

        EndCause cause = await WaitAsync(recorder, request, ended, interrupted);
        recorder.Stop();
        await Task.WhenAny(recorder.Finished);
        heartbeat.Dispose();
        var spent = new RecordingCost(Time.GetNs(Time.CLOCK_MONOTONIC) - beginNs, HeartbeatThread.ProcessCpuNs - beginCpuNs + recorder.Counters.NamesCpuNs);
        recording.Stop(s_stopPatience);
        List<string> fates = outputs.ConvertAll(output => output.Complete());
        RecordingSummary.Write(error, recorder, recording.End, spent, fates, cause);

        // What was recorded is safe by now; an error of the worker itself may surface.
        await recorder.Finished;
        return ExitCodeOf(cause, recorder);
    }

    private static async Task<EndCause> WaitAsync(
        IRecorder recorder, RecordRequest request, TaskCompletionSource<EndCause> ended, CancellationToken interrupted)
    {
        Task interruption = Task.Delay(Timeout.Infinite, interrupted);
        Task duration = Task.Delay(request.Duration ?? Timeout.InfiniteTimeSpan, CancellationToken.None);
        Task first = await Task.WhenAny(interruption, duration, recorder.Finished, ended.Task);
        return first == interruption ? EndCause.Interrupted
            : first == duration ? EndCause.Duration
            : first == recorder.Finished ? EndCause.TargetsExited
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

    private static int ExitCodeOf(EndCause cause, IRecorder recorder) => cause switch
    {
        EndCause.OutputFailed => ExitCode.OutputFailed,
        EndCause.TargetsExited when recorder.Counters.NrSnapshots == 0 => ExitCode.TargetGone,
        _ => ExitCode.Ok,
    };
}
