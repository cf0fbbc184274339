using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Tracepoints;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>What is recorded: processes by a kdamond of our own, or what the kernel's kdamonds report.</summary>
/// <param name="Description">For people.</param>
/// <param name="Create">Makes the recorder, once.</param>
internal sealed record RecordingSource(string Description, Func<DamonTracepoint, IRecorder> Create)
{
    /// <summary>Opens processes.</summary>
    internal static RecordingSource Targets(IReadOnlyList<int> pids, RecordRequest request)
    {
        var monitored = TargetSet.Open(pids, request);
        return new RecordingSource(
            monitored.Describe(), tracepoint => new Kdamond(monitored.ToKdamondOptions(request), monitored.Targets, tracepoint));
    }

    /// <summary>Opens the kernel's tracepoint.</summary>
    /// <exception cref="UserErrorException">The kernel has none, or it is not ours to listen to.</exception>
    internal static RecordingSource Kernel()
    {
        var listener = KernelDamonListener.Open();
        if (!listener.Capability.Available)
        {
            listener.Dispose();
            throw new UserErrorException(
                $"the kernel's DAMON cannot be listened to: {listener.Capability.Reason}", listener.Capability.Hint, ExitCode.NoAccessCheck);
        }

        return new RecordingSource("what the kernel's kdamonds report", tracepoint => new KernelRecorder(listener, tracepoint));
    }
}
