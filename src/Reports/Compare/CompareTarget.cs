namespace Damon.Trace.Reports.Compare;

/// <summary>What changed of one target_id; null where a recording does not have it.</summary>
internal sealed record CompareTarget
{
    public required TargetIdentity? A { get; init; }

    public required TargetIdentity? B { get; init; }

    /// <summary>The same process: addresses can be compared.</summary>
    public required bool SameProcess { get; init; }

    /// <summary>Working set and footprint, each at some percentiles of its own distribution.</summary>
    public required IReadOnlyList<CompareSize> Sizes { get; init; }

    /// <summary>Memory by name; the largest changes of accessed bytes first.</summary>
    public required IReadOnlyList<CompareMapping> Mappings { get; init; }

    /// <summary>How much of the accessed memory is the same; only of the same process.</summary>
    public required CompareOverlap? Overlap { get; init; }

    /// <summary>The same by name of mapping, what differs most first; only where both looked at every page.</summary>
    public required IReadOnlyList<CompareOverlap> Overlaps { get; init; }

    /// <summary>Ranges accessed in only one of the recordings, largest first; only of the same process.</summary>
    public required IReadOnlyList<CompareRange> Ranges { get; init; }
}
