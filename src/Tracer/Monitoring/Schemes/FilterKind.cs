namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What a filter looks at.</summary>
public enum FilterKind
{
    /// <summary>Addresses in a range; regions are cut at its ends.</summary>
    Address,

    /// <summary>A target, by its index.</summary>
    Target,

    /// <summary>Anonymous memory; pages of a private file mapping that were written belong to it.</summary>
    Anonymous,

    /// <summary>Memory of files and shared memory: what is not anonymous.</summary>
    File,

    /// <summary>Mappings whose name or path fits a pattern with * and ?. Not in the kernel.</summary>
    Mapping,

    /// <summary>Executable mappings. Not in the kernel.</summary>
    Executable,

    /// <summary>Huge pages of a size in bytes within bounds.</summary>
    HugePageSize,

    /// <summary>Pages accessed since the scheme was tried before.</summary>
    Young,

    /// <summary>Processes of a control group.</summary>
    Memcg,

    /// <summary>Pages that are not mapped by anybody.</summary>
    Unmapped,

    /// <summary>Pages on the list of active ones.</summary>
    Active,
}
