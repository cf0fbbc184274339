using Damon.Trace.Tracer.Kernel;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Relays what the kernel's own kdamonds report to the tracepoint. Without a context of its own it only listens: no kdamond is started,
/// changed or stopped. With one it relays that context alone, and ends it.
/// </summary>
public sealed class KernelRecorder : IRecorder
{
    // A 'tune' by another process shows in files only.
    private const int DrivenRefreshMs = 100;
    private static readonly TimeSpan s_watchInterval = TimeSpan.FromMilliseconds(100);

    private readonly KernelDamonListener _listener;
    private readonly DrivenContext? _driven;
    private readonly RelayedSnapshots _snapshots;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Prepares the recorder; <see cref="Start"/> lets it listen.</summary>
    /// <param name="listener">Hears the kernel; owned from now on.</param>
    /// <param name="tracepoint">Where results go.</param>
    /// <param name="driven">The context that was started for this recording; owned from now on. Null: listen to all.</param>
    public KernelRecorder(KernelDamonListener listener, DamonTracepoint tracepoint, DrivenContext? driven = null)
    {
        _listener = listener;
        _driven = driven;
        _snapshots = new RelayedSnapshots(tracepoint, Counters, driven);
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

        _driven?.Dispose();
        _listener.Dispose();
        _stop.Dispose();
    }

    private void Listen()
    {
        if (_driven is null)
        {
            _listener.Run(_snapshots, _stop.Token);
            return;
        }

        var watch = new Timer(_ => EndWithTargets(), null, s_watchInterval, s_watchInterval);
        try
        {
            _listener.Run(_snapshots, _stop.Token, DrivenRefreshMs);
        }
        finally
        {
            // Waits for a call that is under way: what it uses is disposed soon.
            watch.DisposeAsync().AsTask().Wait();
        }
    }

    private void EndWithTargets()
    {
        if (!_driven!.IsRunning)
        {
            _stop.Cancel();
        }
    }

    private void Run()
    {
        try
        {
            Listen();
            _snapshots.Flush();
            if (_driven?.Kdamond.Stop() is string problem)
            {
                throw new KernelDamonException(problem, "see /sys/kernel/mm/damon/admin/kdamonds");
            }

            _finished.SetResult();
        }
        catch (Exception error)
        {
            // Whoever waits for the recorder gets to see what went wrong; the recording is finished around it.
            _finished.SetException(error);
        }
    }
}
