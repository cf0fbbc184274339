namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Which clearer is to be used.</summary>
public enum ClearerKind
{
    /// <summary>MADV_COLD, unless it is refused or clear_refs proves cheaper.</summary>
    Auto,

    /// <summary>MADV_COLD only.</summary>
    Cold,

    /// <summary>clear_refs only.</summary>
    ClearRefs,
}
