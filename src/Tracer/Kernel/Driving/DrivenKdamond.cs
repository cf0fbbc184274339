using Damon.Trace.Events;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>A kdamond of the kernel that we created and switched on. Removed when it is stopped or disposed.</summary>
public sealed class DrivenKdamond : IDisposable
{
    private readonly KernelDamon _damon;
    private readonly Ownership _ownership;
    private readonly SafeFileHandle _lock;
    private bool _stopped;

    internal DrivenKdamond(KernelDamon damon, Ownership ownership, SafeFileHandle held, bool cleanedUp)
    {
        _damon = damon;
        _ownership = ownership;
        _lock = held;
        CleanedUp = cleanedUp;
    }

    /// <summary>Thread id of the kdamond: its events carry it.</summary>
    public int Tid => _ownership.KdamondTid;

    /// <summary>True when a kdamond of an earlier recording that was killed had to be removed first.</summary>
    public bool CleanedUp { get; }

    /// <summary>False once all its targets have exited.</summary>
    public bool IsRunning => _damon.IsRunning(_ownership);

    /// <summary>The counters of its schemes, in their order; none when it ends right now. The kernel brings them up to date in an aggregation at most.</summary>
    public IReadOnlyList<DamosStatistics> ReadStatistics() => _stopped ? [] : _damon.ReadStatistics(_ownership);

    /// <summary>Switches it off, removes it and lets others have the kernel's DAMON. Once.</summary>
    /// <returns>Null, or what is left behind and why.</returns>
    public string? Stop()
    {
        if (_stopped)
        {
            return null;
        }

        _stopped = true;
        try
        {
            return _damon.Remove(_ownership);
        }
        finally
        {
            ReleaseLock();
        }
    }

    /// <summary>What the end of the process does.</summary>
    internal void ReleaseLock() => _lock.Dispose();

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
