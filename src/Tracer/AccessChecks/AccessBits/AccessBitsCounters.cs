namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What a check did since it was made. Written by the worker, readable by anybody.</summary>
public sealed class AccessBitsCounters
{
    /// <summary>Addresses whose state was read.</summary>
    public long Reads { get; internal set; }

    /// <summary>Folios made old by MADV_COLD.</summary>
    public long Clears { get; internal set; }

    /// <summary>Calls of process_madvise(MADV_COLD).</summary>
    public long ColdCalls { get; internal set; }

    /// <summary>Writes to clear_refs.</summary>
    public long ClearRefsCalls { get; internal set; }

    /// <summary>Time spent making addresses old, their reading before that included.</summary>
    public long ClearTimeNs { get; internal set; }

    /// <summary>Time spent reading states.</summary>
    public long ReadTimeNs { get; internal set; }

    /// <summary>States reported as unclearable.</summary>
    public long Unclearable { get; internal set; }

    /// <summary>States reported as unprepared.</summary>
    public long Unprepared { get; internal set; }

    /// <summary>States reported of pages that only a sweep makes old, in windows not opened by one.</summary>
    public long AwaitingSweep { get; internal set; }

    /// <summary>Sweeps made.</summary>
    public long Sweeps { get; internal set; }

    /// <summary>Time spent sweeping.</summary>
    public long SweepTimeNs { get; internal set; }

    /// <summary>Time spent looking at followed pages and making them old.</summary>
    public long TakeTimeNs { get; internal set; }

    /// <summary>How often the lists of all CPUs were drained because young pages were not on a reclaim list yet.</summary>
    public long Drains { get; internal set; }

    /// <summary>Accesses seen only thanks to PG_young: another sampler had taken the accessed bit.</summary>
    public long Recovered { get; internal set; }

    /// <summary>How often the target replaced its address space (exec).</summary>
    public long Reopened { get; internal set; }
}
