namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What a scheme has done since it began (struct damos_stat), in the kernel's order.</summary>
public record struct SchemeCounters
{
    /// <summary>Regions it was tried on.</summary>
    public ulong NrTried;

    /// <summary>Their bytes.</summary>
    public ulong SzTried;

    /// <summary>Regions of which at least a page was acted on.</summary>
    public ulong NrApplied;

    /// <summary>Bytes that were acted on, as far as can be found out: not those that the action was asked for.</summary>
    public ulong SzApplied;

    /// <summary>Bytes that the filters by kind of memory let pass.</summary>
    public ulong SzOpsFilterPassed;

    /// <summary>Reset intervals in which the quota was used up.</summary>
    public ulong QtExceeds;

    /// <summary>Passes over all regions of a target.</summary>
    public ulong NrSnapshots;
}
