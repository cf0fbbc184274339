namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>Why an exact scan cannot tell of a page whether it was accessed.</summary>
public enum ExactUnknownReason : byte
{
    /// <summary>A page of hugetlbfs: nothing makes it old.</summary>
    HugeTlb,

    /// <summary>Memory of a device: the kernel keeps no count of it and never makes it old.</summary>
    Device,

    /// <summary>Another sampler of the machine took the bit, and what is left of it does not tell whose access it was.</summary>
    OtherSampler,

    /// <summary>What kind of large page it is could not be read.</summary>
    NotDescribed,
}

/// <summary>Populated pages in a row of which nothing can be known, all for one reason.</summary>
/// <param name="Start">First byte, page aligned.</param>
/// <param name="End">First byte after the last page.</param>
/// <param name="Reason">Why.</param>
public readonly record struct ExactUnknown(ulong Start, ulong End, ExactUnknownReason Reason);
