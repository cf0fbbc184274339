namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What opened a sampling window.</summary>
internal enum WindowOpening : byte
{
    /// <summary>Nothing could.</summary>
    None,

    /// <summary>MADV_COLD on what was young: pages that only a sweep makes old are not known.</summary>
    Cold,

    /// <summary>A sweep, which made everything old.</summary>
    Sweep,

    /// <summary>clear_refs as in every window, because MADV_COLD is not allowed.</summary>
    ClearedAll,
}
