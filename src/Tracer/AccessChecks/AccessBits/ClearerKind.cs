namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Which clearer is to be used.</summary>
public enum ClearerKind
{
    /// <summary>
    /// MADV_COLD, and clear_refs where that is refused. Never clear_refs for its price alone: what it saves the caller the target pays,
    /// as the CPU has to set the bit of every page anew (72 ms for 32 MB of hot pages on a hypervisor that keeps shadow page tables).
    /// </summary>
    Auto,

    /// <summary>MADV_COLD only.</summary>
    Cold,

    /// <summary>clear_refs only.</summary>
    ClearRefs,
}
