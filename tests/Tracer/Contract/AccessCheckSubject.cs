using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>An access check together with a target that behaves as the contract tests need it.</summary>
public abstract class AccessCheckSubject : IDisposable
{
    /// <summary>The check under test, made for the target.</summary>
    public abstract IAccessCheck Check { get; }

    /// <summary>Touched all the time while the target runs.</summary>
    public abstract ulong HotAddress { get; }

    /// <summary>In the same mapping as the hot address and above it, but as idle as the idle address.</summary>
    public abstract ulong NeighbourAddress { get; }

    /// <summary>Touched once before the target was ready and never again; not in the same mapping as the hot address.</summary>
    public abstract ulong IdleAddress { get; }

    /// <summary>Addresses at which there is nothing, ascending, below and above all others.</summary>
    public abstract IReadOnlyList<ulong> UnmappedAddresses { get; }

    /// <summary>Lets time pass in which a running target touches its hot memory; returns whether it did.</summary>
    public abstract bool LetTimePass();

    /// <summary>From now on the target touches nothing.</summary>
    public abstract void Pause();

    /// <summary>It touches its hot memory again.</summary>
    public abstract void Resume();

    /// <summary>Ends the target.</summary>
    public abstract void End();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the target if it still runs.</summary>
    protected abstract void Dispose(bool disposing);
}
