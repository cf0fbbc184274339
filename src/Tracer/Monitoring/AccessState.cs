namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// What a check found at one address. A sample is valid when it says whether the page was accessed in the window; all others leave the
/// denominator of every share, so that what is not known never looks cold.
/// </summary>
public enum AccessState : byte
{
    /// <summary>Not accessed in the window.</summary>
    NotAccessed,

    /// <summary>Read or written in the window.</summary>
    Accessed,

    /// <summary>No way on this kernel makes this page old (hugetlb, special mappings): nothing will ever be known about it.</summary>
    Unclearable,

    /// <summary>The page was not made old in time; nothing is known about this window.</summary>
    Unprepared,

    /// <summary>No memory is there: neither accessed nor cold. The zero page, which costs no memory, counts as none.</summary>
    NotPresent,

    /// <summary>
    /// Only a sweep makes this page old (<see cref="IAccessCheck.Sweep"/>: shared, locked and forked memory), and this window was not opened
    /// by one. Whether it was accessed is told by other windows.
    /// </summary>
    AwaitsSweep,

    /// <summary>A page that only a sweep makes old: not accessed in the window, which a sweep has opened.</summary>
    SweptNotAccessed,

    /// <summary>A page that only a sweep makes old: accessed in the window, which a sweep has opened.</summary>
    SweptAccessed,
}
