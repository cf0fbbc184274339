namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What an exact scan tells of a page.</summary>
public enum ExactState : byte
{
    /// <summary>Not accessed since the sweep.</summary>
    Untouched,

    /// <summary>Read or written since the sweep.</summary>
    Touched,

    /// <summary>It cannot be made old (hugetlb, device memory), or another sampler took its bit and it is not clear whose it was.</summary>
    Unknown,
}
