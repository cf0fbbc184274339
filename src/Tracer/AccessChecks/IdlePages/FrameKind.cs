namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>What lies at an address, as far as idle page tracking goes.</summary>
internal enum FrameKind : byte
{
    /// <summary>Nothing, or the zero page, which is no memory.</summary>
    NotMapped,

    /// <summary>A page the kernel does not track: on no reclaim list (drivers' memory) or hugetlb.</summary>
    Untracked,

    /// <summary>A page, or a large folio, with its idle bit.</summary>
    Tracked,
}
