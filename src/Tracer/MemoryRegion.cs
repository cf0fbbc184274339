namespace Damon.Trace.Tracer;

/// <summary>A range of addresses whose memory is accessed about equally often, in one snapshot.</summary>
public readonly record struct MemoryRegion
{
    /// <summary>First byte.</summary>
    public required ulong Start { get; init; }

    /// <summary>First byte after the region.</summary>
    public required ulong End { get; init; }

    /// <summary>Length in bytes; of it <see cref="ResidentBytes"/> hold memory.</summary>
    public ulong Size => End - Start;

    /// <summary>Checks of the aggregation that found it accessed: 0 .. <see cref="MemorySnapshot.NrChecks"/>.</summary>
    public required uint NrAccesses { get; init; }

    /// <summary>Aggregation intervals for which the access frequency has stayed about the same.</summary>
    public required uint Age { get; init; }

    /// <summary>
    /// How often one of its pages is found accessed, in Hz, at most once per sampling interval; null where nothing is known about most of
    /// its memory.
    /// </summary>
    public required double? FrequencyHz { get; init; }

    /// <summary>For how long its frequency has stayed about the same: a multiple of the aggregation interval.</summary>
    public required TimeSpan Unchanged { get; init; }

    /// <summary>For how long it was not found accessed: zero when it is in use; null where nothing is known about most of its memory.</summary>
    public TimeSpan? Idle => FrequencyHz is null ? null : NrAccesses > 0 ? TimeSpan.Zero : Unchanged;

    /// <summary>
    /// The mapping that holds most of it: a path, <c>[heap]</c>, <c>[stack]</c>, <c>[anon:name]</c>, or empty for anonymous memory; null
    /// where none is known.
    /// </summary>
    public required string? MappingName { get; init; }

    /// <summary>Bytes of memory it holds; 0 also where the kernel cannot list them (before Linux 6.7).</summary>
    public required ulong ResidentBytes { get; init; }

    /// <summary>Of these, bytes about which nothing is known.</summary>
    public required ulong UnknownBytes { get; init; }

    /// <summary>Bytes touched in one sampling interval: an unbiased estimate, which may be summed over regions.</summary>
    public required ulong TouchedBytes { get; init; }

    /// <summary>Standard error of <see cref="TouchedBytes"/>. Of a sum of regions it is the root of the sum of squares.</summary>
    public required ulong TouchedErrorBytes { get; init; }
}
