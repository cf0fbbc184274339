namespace Damon.Trace.Reports.Memory;

/// <summary>What the followed pages of a target say about its memory, at the latest look.</summary>
internal sealed record TargetMemory
{
    /// <summary>Of the latest look, nanoseconds of the recording's clock.</summary>
    public required long TimeNs { get; init; }

    /// <summary>The time the states are about: memory not accessed for longer is cold.</summary>
    public required double ColdAfterSeconds { get; init; }

    /// <summary>All memory of the target.</summary>
    public required MemoryStates States { get; init; }

    /// <summary>The same by name, most resident memory first; their sums are the target's.</summary>
    public required IReadOnlyList<MappingMemory> Mappings { get; init; }

    /// <summary>Working set over ascending times, median of the looks; times that are not known yet are left out.</summary>
    public required IReadOnlyList<WithinTime> Within { get; init; }
}
