using System.Text.Json.Serialization;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>One mapping of a <see cref="WorkingSetDocument"/>.</summary>
public sealed record WorkingSetMapping
{
    /// <summary>First byte.</summary>
    public required ulong Start { get; init; }

    /// <summary>First byte after it.</summary>
    public required ulong End { get; init; }

    /// <summary>The four letters of /proc/PID/maps.</summary>
    public required string Permissions { get; init; }

    /// <summary>Path, <c>[heap]</c>, <c>[stack]</c>, <c>[anon:name]</c>, or empty for anonymous memory.</summary>
    public required string Name { get; init; }

    /// <summary>Index in <see cref="WorkingSetDocument.Files"/>; null for memory that is in no file that can be opened again.</summary>
    public required int? File { get; init; }

    /// <summary>Where in its file the mapping begins.</summary>
    public required ulong FileOffsetBytes { get; init; }

    /// <summary>Pages of memory it held.</summary>
    public required ulong ResidentPages { get; init; }

    /// <summary>Of these, pages of which nothing is known.</summary>
    public required ulong UnknownPages { get; init; }

    /// <summary>
    /// Runs of touched pages, two numbers each: the first page, counted from the begin of the mapping, and how many. Ascending, at least
    /// one page between two runs.
    /// </summary>
    public required IReadOnlyList<ulong> Touched { get; init; }

    /// <summary>The same as pairs.</summary>
    [JsonIgnore]
    public IEnumerable<(ulong First, ulong Count)> Runs
    {
        get
        {
            for (int i = 0; i + 1 < Touched.Count; i += 2)
            {
                yield return (Touched[i], Touched[i + 1]);
            }
        }
    }

    /// <summary>Touched pages.</summary>
    [JsonIgnore]
    public ulong TouchedPages => Runs.Aggregate(0UL, static (sum, run) => sum + run.Count);
}
