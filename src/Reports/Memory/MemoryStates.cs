using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.Memory;

/// <summary>
/// The memory of a target, or of the mappings of one name, by what is known of it. Hot + cold + unknown = resident, exactly; resident + not
/// populated = what is mapped and may be accessed.
/// </summary>
internal sealed record MemoryStates
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
