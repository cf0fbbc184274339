using Damon.Trace.Reports.Compare;

namespace Damon.Trace.Reports.WorkingSets;

/// <summary>What <c>report compare</c> says of two working sets. A is before, B is after.</summary>
public sealed record OverlapResult
{
    /// <summary>Before.</summary>
    public required OverlapSide A { get; init; }

    /// <summary>After.</summary>
    public required OverlapSide B { get; init; }

    /// <summary>The same process: its addresses can be compared. Of two processes only files are.</summary>
    public required bool SameProcess { get; init; }

    /// <summary>Of all that is compared.</summary>
    public required CompareOverlap Overlap { get; init; }

    /// <summary>Touched memory of A and B that is not compared, because it is in no file and the processes differ.</summary>
    public required ulong ANotComparedBytes { get; init; }

    /// <summary>See <see cref="ANotComparedBytes"/>.</summary>
    public required ulong BNotComparedBytes { get; init; }

    /// <summary>By file, or by name of the mappings; what differs most first.</summary>
    public required IReadOnlyList<OverlapPart> Parts { get; init; }
}

/// <summary>One of the two.</summary>
public sealed record OverlapSide(
    string File, int Pid, string Comm, double WindowSeconds, double TakenWallSeconds, ulong TouchedBytes, ulong UnknownBytes, ulong ResidentBytes);

/// <summary>The memory of one file, or of the mappings of one name.</summary>
/// <param name="Name">Path, or permissions and name.</param>
/// <param name="ATouchedBytes">Touched in A.</param>
/// <param name="BTouchedBytes">Touched in B.</param>
/// <param name="BothBytes">Touched in both.</param>
/// <param name="AnyBytes">Touched in one of them or both.</param>
public sealed record OverlapPart(string Name, ulong ATouchedBytes, ulong BTouchedBytes, ulong BothBytes, ulong AnyBytes)
{
    /// <summary>Jaccard index, 0 to 100; null where nothing was touched.</summary>
    public double? Percent => AnyBytes == 0 ? null : 100.0 * BothBytes / AnyBytes;
}
