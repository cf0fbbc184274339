using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.Memory;

/// <summary>What the followed pages of a target say about its memory, at the latest look.</summary>
public sealed record TargetMemory
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

/// <summary>
/// The memory of a target, or of the mappings of one name, by what is known of it. Hot + cold + unknown = resident, exactly; resident + not
/// populated = what is mapped and may be accessed.
/// </summary>
public sealed record MemoryStates
{
    /// <summary>Accessed within the time that the states are about: the estimate.</summary>
    public required ulong HotBytes { get; init; }

    /// <summary>Lower bound of the 95 % interval of <see cref="HotBytes"/>.</summary>
    public required ulong HotLowBytes { get; init; }

    /// <summary>Upper bound of the 95 % interval of <see cref="HotBytes"/>.</summary>
    public required ulong HotHighBytes { get; init; }

    /// <summary>Resident and not accessed for longer than that time.</summary>
    public required ulong ColdBytes { get; init; }

    /// <summary>Resident, and nothing says whether it was accessed: never cold, never hot.</summary>
    public required ulong UnknownBytes { get; init; }

    /// <summary>Memory held.</summary>
    public required ulong ResidentBytes { get; init; }

    /// <summary>Mapped without memory behind it: neither hot nor cold. Null where the mappings are not known.</summary>
    public required ulong? NotPopulatedBytes { get; init; }

    /// <summary>Share of the resident memory that is unknown, 0 to 1.</summary>
    [JsonIgnore]
    public double UnknownShare => ResidentBytes == 0 ? 0 : (double)UnknownBytes / ResidentBytes;

    /// <summary>The most that may be hot: the upper bound and all that is unknown.</summary>
    [JsonIgnore]
    public ulong MostBytes => Math.Min(ResidentBytes, HotHighBytes + UnknownBytes);
}

/// <summary>The memory of the mappings of one name.</summary>
/// <param name="Mapping">The name; null for all names together that are too small for a number of their own.</param>
/// <param name="NrNames">Names it stands for: 1, or how many are too small.</param>
/// <param name="States">Their memory.</param>
public sealed record MappingMemory(string? Mapping, int NrNames, MemoryStates States)
{
    /// <summary>For people.</summary>
    public string Describe() => Mapping is null ? ReportText.Invariant($"{NrNames} smaller mappings") : ReportText.Clean(Mapping);
}

/// <summary>Bytes accessed at least once within a time: the working set over that time.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Bytes">The estimate.</param>
/// <param name="LowBytes">Lower bound of its 95 % interval.</param>
/// <param name="HighBytes">Upper bound of its 95 % interval.</param>
/// <param name="UnknownBytes">Resident bytes about which nothing is known: they come on top of any bound.</param>
/// <param name="ResidentBytes">Memory held.</param>
public sealed record WithinTime(
    double Seconds, ulong Bytes, ulong LowBytes, ulong HighBytes, ulong UnknownBytes, ulong ResidentBytes);
