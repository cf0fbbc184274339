namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// What a record of the annex is. The numbers are in files: they are never given to anything else. A reader stops at one it does not know.
/// </summary>
internal enum AnnexKind : byte
{
    Context = 1,
    Target = 2,
    Mapping = 3,
    Footprint = 4,
    Idle = 5,
    Heartbeat = 6,
    IntervalsTuned = 7,
    Scheme = 8,

    /// <summary>What the snapshot that follows says about the memory of its target.</summary>
    Memory = 9,

    /// <summary>What to add to the times of all snapshots that follow to get the wall clock.</summary>
    WallOffset = 10,

    /// <summary>A snapshot without regions, which has no rows.</summary>
    EmptySnapshot = 11,

    /// <summary>How the recording ended.</summary>
    End = 12,

    /// <summary>A stack that accesses after it refer to by its id.</summary>
    Stack = 13,

    Access = 14,
    Sampler = 15,
    HugePages = 16,

    /// <summary>A mapping with a label.</summary>
    LabelledMapping = 17,

    SplitPages = 18,
}
