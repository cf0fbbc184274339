namespace Damon.Trace.Reports.Compare;

/// <summary>The memory of one name in both recordings; means over their snapshots, null where a recording does not have the name.</summary>
internal sealed record CompareMapping
{
    /// <summary>Null for memory of which no mapping is known.</summary>
    public required string? Mapping { get; init; }

    /// <summary><c>both</c>, <c>new</c> (only in B) or <c>gone</c> (only in A).</summary>
    public required string State { get; init; }

    public required double? AMonitoredBytes { get; init; }

    public required double? BMonitoredBytes { get; init; }

    /// <summary>In regions that were accessed in the aggregation.</summary>
    public required double? AAccessedBytes { get; init; }

    public required double? BAccessedBytes { get; init; }

    public required double ChangeAccessedBytes { get; init; }

    /// <summary>In regions that were not accessed.</summary>
    public required double? AIdleBytes { get; init; }

    public required double? BIdleBytes { get; init; }

    public required double ChangeIdleBytes { get; init; }

    /// <summary>Mean over its bytes; null where nobody knows the intervals.</summary>
    public required double? AHz { get; init; }

    public required double? BHz { get; init; }
}
