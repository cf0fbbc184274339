using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Compare;

/// <summary>What <c>report compare</c> says. A is before, B is after.</summary>
public sealed record CompareResult
{
    /// <summary>The recording before.</summary>
    public required RecordingFacts A { get; init; }

    /// <summary>The recording after.</summary>
    public required RecordingFacts B { get; init; }

    /// <summary>By target_id.</summary>
    public required IReadOnlyList<CompareTarget> Targets { get; init; }
}

/// <summary>What changed of one target_id; null where a recording does not have it.</summary>
public sealed record CompareTarget
{
    /// <summary>Whose it is in A.</summary>
    public required TargetIdentity? A { get; init; }

    /// <summary>Whose it is in B.</summary>
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

/// <summary>A size in both recordings.</summary>
/// <param name="Size"><c>wss</c>, <c>rss</c>, <c>pss</c>, <c>swap</c> or <c>vsz</c>.</param>
/// <param name="Percentile">Of its distribution over time, by damo's rule.</param>
/// <param name="ABytes">Null where A does not have it.</param>
/// <param name="BBytes">Null where B does not have it.</param>
/// <param name="ChangeBytes">B - A.</param>
public sealed record CompareSize(string Size, int Percentile, ulong? ABytes, ulong? BBytes, long? ChangeBytes);

/// <summary>The memory of one name in both recordings; means over their snapshots, null where a recording does not have the name.</summary>
public sealed record CompareMapping
{
    /// <summary>Null for memory of which no mapping is known.</summary>
    public required string? Mapping { get; init; }

    /// <summary><c>both</c>, <c>new</c> (only in B) or <c>gone</c> (only in A).</summary>
    public required string State { get; init; }

    /// <summary>Its size in A.</summary>
    public required double? AMonitoredBytes { get; init; }

    /// <summary>Its size in B.</summary>
    public required double? BMonitoredBytes { get; init; }

    /// <summary>In regions that were accessed in the aggregation.</summary>
    public required double? AAccessedBytes { get; init; }

    /// <summary>The same in B.</summary>
    public required double? BAccessedBytes { get; init; }

    /// <summary>B - A, with 0 for what is null.</summary>
    public required double ChangeAccessedBytes { get; init; }

    /// <summary>In regions that were not accessed.</summary>
    public required double? AIdleBytes { get; init; }

    /// <summary>The same in B.</summary>
    public required double? BIdleBytes { get; init; }

    /// <summary>B - A, with 0 for what is null.</summary>
    public required double ChangeIdleBytes { get; init; }

    /// <summary>Mean over its bytes; null where nobody knows the intervals.</summary>
    public required double? AHz { get; init; }

    /// <summary>The same in B.</summary>
    public required double? BHz { get; init; }
}

/// <summary>How much of the accessed memory is the same in both: bytes in both over bytes in any (Jaccard index).</summary>
/// <param name="Of"><c>touched pages</c> of two exact snapshots, or <c>hot ranges</c>: regions with nr_accesses > 0. By name: that of the
/// mapping.</param>
/// <param name="BothBytes">Accessed in both.</param>
/// <param name="AnyBytes">Accessed in one of them or both.</param>
public sealed record CompareOverlap(string Of, ulong BothBytes, ulong AnyBytes)
{
    /// <summary>0 to 100; null where nothing was accessed.</summary>
    public double? Percent => AnyBytes == 0 ? null : 100.0 * BothBytes / AnyBytes;

    internal static CompareOverlap Between(string of, RangeSet a, RangeSet b)
    {
        ulong both = 0;
        ulong any = 0;
        foreach ((ulong start, ulong end) in a.Ranges)
        {
            both += b.BytesIn(start, end);
            any += end - start;
        }

        foreach ((ulong start, ulong end) in b.Except(a))
        {
            any += end - start;
        }

        return new CompareOverlap(of, both, any);
    }
}

/// <summary>A range that was accessed in one recording and not in the other.</summary>
/// <param name="State"><c>new</c>: only in B; <c>gone</c>: only in A.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">First byte after it.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Mapping">The mapping that has most of it, where it was accessed.</param>
public sealed record CompareRange(string State, ulong Start, ulong End, ulong SizeBytes, string? Mapping);
