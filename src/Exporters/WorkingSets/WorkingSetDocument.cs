using System.Text.Json.Serialization;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>
/// Which pages of a process were touched in one window: the content of a working-set file, docs/formats/working-set.md. Sizes are bytes,
/// times nanoseconds.
/// </summary>
public sealed record WorkingSetDocument
{
    /// <summary>What <see cref="Format"/> says, and the file begins with.</summary>
    public const string FormatName = "damon-trace working set";

    /// <summary>The version that is written, and the only one that is read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Always <see cref="FormatName"/>.</summary>
    public required string Format { get; init; }

    /// <summary>Always <see cref="CurrentVersion"/>.</summary>
    public required int Version { get; init; }

    /// <summary>End of the window, CLOCK_REALTIME.</summary>
    public required long TakenWallNs { get; init; }

    /// <summary>Length of the window, from the sweep to the begin of the reading.</summary>
    public required long WindowNs { get; init; }

    /// <summary>How long the reading took: by so much the window of the last page is longer than that of the first.</summary>
    public required long ReadNs { get; init; }

    /// <summary>Bytes of a page, the unit of all lists of pages.</summary>
    public required ulong PageBytes { get; init; }

    /// <summary>The process.</summary>
    public required WorkingSetTarget Target { get; init; }

    /// <summary>The files whose pages were mapped and that were there when the file was written.</summary>
    public required IReadOnlyList<WorkingSetFile> Files { get; init; }

    /// <summary>The mappings that held memory, in address order.</summary>
    public required IReadOnlyList<WorkingSetMapping> Mappings { get; init; }

    /// <summary>Bytes of touched pages.</summary>
    [JsonIgnore]
    public ulong TouchedBytes => Mappings.Aggregate(0UL, (sum, mapping) => sum + mapping.TouchedPages) * PageBytes;

    /// <summary>Bytes of pages of which nothing is known.</summary>
    [JsonIgnore]
    public ulong UnknownBytes => Mappings.Aggregate(0UL, (sum, mapping) => sum + mapping.UnknownPages) * PageBytes;

    /// <summary>Bytes of memory held.</summary>
    [JsonIgnore]
    public ulong ResidentBytes => Mappings.Aggregate(0UL, (sum, mapping) => sum + mapping.ResidentPages) * PageBytes;

    /// <summary>
    /// The touched parts of one file, ascending, joined where they touch or overlap, from all its mappings. Whole pages: the last may reach
    /// beyond the end of the file.
    /// </summary>
    /// <param name="file">Index in <see cref="Files"/>.</param>
    public IReadOnlyList<(ulong Start, ulong End)> RangesOf(int file)
    {
        var joined = new RangeSet(int.MaxValue);
        foreach (WorkingSetMapping mapping in Mappings.Where(mapping => mapping.File == file))
        {
            foreach ((ulong first, ulong count) in mapping.Runs)
            {
                ulong start = mapping.FileOffsetBytes + (first * PageBytes);
                joined.Add(start, start + (count * PageBytes));
            }
        }

        return joined.Ranges;
    }
}

/// <summary>Whose working set it is. Pid and start time together name one process until the machine is booted again.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTimeTicks">Clock ticks after boot.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id; null where it cannot be read.</param>
/// <param name="Comm">Its name.</param>
/// <param name="CommandLine">Its arguments joined by blanks.</param>
public sealed record WorkingSetTarget(int Pid, ulong StartTimeTicks, string? BootId, string Comm, string CommandLine);

/// <summary>A mapped file as it was: by size, time and build id it is told later whether it is still the same.</summary>
/// <param name="Path">As the process had it.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="ModifiedNs">Time of the last modification since 1970, in steps of 100 ns.</param>
/// <param name="BuildId">The build id of an ELF file in hexadecimal; null where it has none.</param>
public sealed record WorkingSetFile(string Path, long SizeBytes, long ModifiedNs, string? BuildId);
