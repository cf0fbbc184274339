using Damon.Trace.Cli.Metrics;
using Damon.Trace.Cli.Who;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>One run of <c>record</c>: from its request to the last line on stderr.</summary>
internal static class RecordingRun
{
    /// <param name="request">What to record.</param>
    /// <param name="readAgain">Reads the config file once more; null without one.</param>
    /// <param name="error">For people.</param>
    /// <param name="interrupted">Ends it.</param>
    internal static async Task<int> RunAsync(RecordRequest request, Func<RecordRequest>? readAgain, TextWriter error, CancellationToken interrupted)
    {
        FurtherThreads.Require();
        if (request.Operations != KernelContext.Paddr && (!request.Targets.IsEmpty || request.Command.Count > 0))
        {
            ProcessNamespace.Check();
        }

        var damon = new KernelDamon();
        if (request.DrivesKernel)
        {
            // Before a command is started for nothing.
            damon.ThrowIfRefused();
        }

        using LaunchedCommand? launched = request.Command.Count > 0 ? LaunchedCommand.Start(request.Command) : null;
        using var metrics = new PublishedMetrics(error);
        using var reload = new RecordingReload(readAgain, asked => RecordingStretch.Open(asked, OpenSource(asked, damon, launched: null, error), error), metrics, error);
        int exitCode;
        RecordingStretch? first = null;
        try
        {
            first = RecordingStretch.Open(request, OpenSource(request, damon, launched, error), error);
            exitCode = await RecordAsync(first, metrics, reload, gapSinceNs: null, error, interrupted);
        }
        catch (Exception problem) when (problem is TargetUnavailableException or AccessCheckUnavailableException
            && first?.Segments.End is not { Snapshots: > 0 } && launched?.HasJustEnded() == true)
        {
            // Gone before it was opened, between that and the trial of the access checks, or before the first look.
            throw launched.OverTooSoon();
        }
        finally
        {
            first?.Dispose();
        }

        while (reload.TakeNext() is { } next)
        {
            using (next.Stretch)
            {
                exitCode = await RecordAsync(next.Stretch, metrics, reload, next.GapSinceNs, error, interrupted);
            }
        }

        launched?.End(error);

        // As perf does. Also where it was over too soon for a snapshot: what it ended with says why.
        return exitCode is ExitCode.Ok or ExitCode.TargetGone && launched is { ExitStatus: > 0 } ? launched.ExitStatus : exitCode;
    }

    private static RecordingSource OpenSource(RecordRequest request, KernelDamon damon, LaunchedCommand? launched, TextWriter error)
    {
        TargetSelection targets = launched is null ? request.Targets : request.Targets with { Pids = [launched.Pid] };
        return request.DrivesKernel
            ? RecordingSource.KernelTargets(damon, TargetSet.OfNow(targets), request, error)
            : request.Kernel ? RecordingSource.Kernel()
            : request.Exact ? RecordingSource.ExactTargets(targets, request, error)
            : RecordingSource.Targets(targets, request, error);
    }

    private static async Task<int> RecordAsync(
        RecordingStretch stretch, PublishedMetrics metrics, RecordingReload reload, long? gapSinceNs, TextWriter error, CancellationToken interrupted)
    {
        (RecordRequest request, RecordingSource source, RecordingSegments segments) = (stretch.Request, stretch.Source, stretch.Segments);
        using IDisposable ending = Interruption.EndsItself();
        reload.Listen(request);
        using NativeTracepoints natives = NativeTracepoints.Register(request, error);
        var tracepoint = new DamonTracepoint(natives.Registered);
        using AccessRecorder? accesses = request.Accesses is { } asked ? new AccessRecorder(asked, tracepoint, error) : null;
        var rotating = new RotatingTracepoint(tracepoint, accesses);
        using IRecorder recorder = source.Create(tracepoint, rotating);
        metrics.Publish(request.Metrics);
        segments.Start(rotating);
        var heartbeat = new HeartbeatThread(tracepoint, recorder.Counters, HeartbeatThread.PeriodWithin(request.CpuBudget));
        long beginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        long beginCpuNs = HeartbeatThread.ProcessCpuNs;
        if (gapSinceNs is { } sinceNs)
        {
            source.SayReloaded(TimeSpan.FromMicroseconds((beginNs - sinceNs) / 1e3), error);
        }

        recorder.Start();
        error.WriteLine($"damon-trace: recording {source.Description}; {EndHint(request)}");

        EndCause cause;
        using (var watch = new TargetWatch(source.Processes, HeartbeatThread.PeriodWithin(request.CpuBudget), error))
        {
            cause = await WaitAsync(recorder, request, stretch.Ended.Task, reload, interrupted);
            watch.Look();
            source.Changes?.SayRest();
        }

        recorder.Stop();
        await Task.WhenAny(recorder.Finished);
        reload.BeginGap(rotating.LastSnapshotNs > 0 ? rotating.LastSnapshotNs : gapSinceNs ?? beginNs);
        accesses?.Dispose();
        heartbeat.Dispose();
        var spent = new RecordingCost(Time.GetNs(Time.CLOCK_MONOTONIC) - beginNs, HeartbeatThread.ProcessCpuNs - beginCpuNs + recorder.Counters.NamesCpuNs);
        segments.Stop();
        bool nothing = (segments.End?.Snapshots ?? recorder.Counters.NrSnapshots) == 0 && cause is not EndCause.OutputFailed;
        IReadOnlyList<string> fates = segments.Complete(nothing);

        // The last bytes may be the ones that no longer fit.
        cause = !nothing && segments.HasFailed ? EndCause.OutputFailed : cause;
        RecordingSummary.Write(error, recorder, segments.End, spent, fates, cause);

        // What was recorded is safe by now; an error of the worker itself may surface.
        await recorder.Finished;
        bool isPart = gapSinceNs is not null || cause == EndCause.Reloaded;
        return nothing ? SayNothing(error, cause, request, isPart) : cause == EndCause.OutputFailed ? SayFailed(error) : ExitCode.Ok;
    }

    /// <summary>A recording without a snapshot is no success, unless others come before or after it.</summary>
    private static int SayNothing(TextWriter error, EndCause cause, RecordRequest request, bool isPart)
    {
        error.WriteLine("damon-trace: nothing was recorded: no aggregation was over by then");
        if (isPart && cause is EndCause.Reloaded or EndCause.Interrupted or EndCause.Duration)
        {
            return ExitCode.Ok;
        }

        error.WriteLine(request is { Kernel: true, DrivesKernel: false }
            ? "hint: it only listens; somebody has to run a kdamond meanwhile, or record --kernel -p PID"
            : "hint: record for longer; targets must live for a second or more");
        return cause == EndCause.Interrupted ? Interruption.ExitCode : ExitCode.TargetGone;
    }

    private static int SayFailed(TextWriter error)
    {
        error.WriteLine("hint: make room, or record to another disk; a .nettrace stays readable up to where it ends");
        return ExitCode.OutputFailed;
    }

    private static async Task<EndCause> WaitAsync(
        IRecorder recorder, RecordRequest request, Task<EndCause> ended, RecordingReload reload, CancellationToken interrupted)
    {
        Task interruption = Task.Delay(Timeout.Infinite, interrupted);
        Task duration = LongDelay.For(request.Duration);
        while (true)
        {
            Task asked = reload.Asked;
            Task first = await Task.WhenAny(interruption, duration, recorder.Finished, ended, asked);
            if (first != asked)
            {
                return first == interruption ? EndCause.Interrupted
                    : first == duration ? EndCause.Duration
                    : first == recorder.Finished ? EndCause.TargetsExited
                    : await ended;
            }

            if (reload.TryOpenNext())
            {
                return EndCause.Reloaded;
            }
        }
    }

    private static string EndHint(RecordRequest request) =>
        request.Duration is TimeSpan duration ? $"ends after {HumanText.Seconds(duration)} or with Ctrl-C" : "Ctrl-C ends it";
}
