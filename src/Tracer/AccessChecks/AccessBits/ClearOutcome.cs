namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What became of one range that was to be made old.</summary>
internal enum ClearOutcome : byte
{
    /// <summary>Its turn did not come before the deadline, or the clearer may not work on this target.</summary>
    Late,

    Cleared,

    /// <summary>The kernel does not do this for its mapping (locked, hugetlb, device memory).</summary>
    Refused,

    /// <summary>Nothing is mapped there any more.</summary>
    Unmapped,
}
