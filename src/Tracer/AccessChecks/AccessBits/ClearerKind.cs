namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Which clearer is to be used.</summary>
public enum ClearerKind
{
    /// <summary>
    /// MADV_COLD, and clear_refs where that is refused or once at the start. Not for its price: what it saves the caller the target pays,
    /// as the CPU has to set the bit of every page in use anew (75 ms for 32 MB of them on a hypervisor that keeps shadow page tables).
    /// </summary>
    Auto,

    /// <summary>MADV_COLD only.</summary>
    Cold,

    /// <summary>clear_refs only.</summary>
    ClearRefs,
}
