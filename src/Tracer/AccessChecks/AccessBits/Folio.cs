namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What the kernel keeps about the memory behind one leaf: a page of its own, or a part of a large folio.</summary>
internal readonly record struct Folio
{
    internal const int UnknownOrder = -1;

    /// <summary>False when there is no struct page (device memory) or it could not be read.</summary>
    internal required bool IsKnown { get; init; }

    /// <summary>
    /// log2 of the folio's pages; <see cref="UnknownOrder"/> for a large folio of a kernel that keeps the order elsewhere.
    /// </summary>
    internal int Order { get; init; }

    /// <summary>Which page of the folio it is.</summary>
    internal int Index { get; init; }

    /// <summary>
    /// How many page-table entries map any page of the folio (a large entry counts once); 0 for the zero page and special mappings; -1
    /// unknown.
    /// </summary>
    internal int MapCount { get; init; }

    /// <summary>On a reclaim list. A page just faulted in waits in a per-CPU batch first; other pages without it never get there.</summary>
    internal bool IsOnLru { get; init; }

    internal bool IsHugetlb { get; init; }

    /// <summary>Locked into memory by somebody who maps it.</summary>
    internal bool IsLocked { get; init; }

    /// <summary>Anonymous, and not of a file or of shared memory.</summary>
    internal bool IsAnonymous { get; init; }

    internal bool IsLarge => Order != 0;
}
