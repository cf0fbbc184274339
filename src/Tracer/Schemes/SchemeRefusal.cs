namespace Damon.Trace.Tracer.Schemes;

/// <summary>Why bytes that matched a scheme were not acted on.</summary>
public enum SchemeRefusal
{
    /// <summary>There is no swap, or too little of it is left: paging out would only hide the memory, or break its huge pages.</summary>
    NoSwap,

    /// <summary>Mapped by another process as well: the kernel passes over it.</summary>
    Shared,

    /// <summary>Locked into memory, or memory of a device.</summary>
    Locked,

    /// <summary>Of a file that we may not write: the kernel passes over it.</summary>
    NotWritable,

    /// <summary>Code, which is left alone: paging it out is felt at once.</summary>
    Executable,

    /// <summary>Rejected by a filter.</summary>
    Filtered,

    /// <summary>Addresses without a mapping.</summary>
    Hole,

    /// <summary>For another reason the kernel did not do it: pages in use, dirty, or on their way.</summary>
    Other,
}
