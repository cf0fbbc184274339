using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>Relays what the kernel's own kdamonds report to the tracepoint. Listens only: no kdamond is started, changed or stopped.</summary>
public sealed class KernelRecorder : IRecorder
{
    private readonly KernelDamonListener _listener;
    private readonly RelayedSnapshots _snapshots;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Prepares the recorder; <see cref="Start"/> lets it listen.</summary>
    /// <param name="listener">Hears the kernel; owned from now on.</param>
    /// <param name="tracepoint">Where results go.</param>
    public KernelRecorder(KernelDamonListener listener, DamonTracepoint tracepoint)
    {
        _listener = listener;
        _snapshots = new RelayedSnapshots(tracepoint, Counters);
        _thread = new Thread(Run) { Name = "kernel-relay", IsBackground = true };
    }

    /// <inheritdoc/>
    public RecorderCounters Counters { get; } = new();

    /// <inheritdoc/>
    public Task Finished => _finished.Task;

    /// <summary>Events the kernel dropped because a ring was full; final once <see cref="Finished"/>.</summary>
    public ulong NrLost => _listener.NrLost;

    /// <inheritdoc/>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void Stop() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _listener.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            _listener.Run(_snapshots, _stop.Token);
            _snapshots.Flush();
            _finished.SetResult();
        }
        catch (Exception error)
        {
            // Whoever waits for the recorder gets to see what went wrong; the recording is finished around it.
            _finished.SetException(error);
        }
    }
}
