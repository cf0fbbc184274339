namespace Damon.Trace.Reports.Recency;

/// <summary>The memory of one name.</summary>
/// <param name="Mapping">The name; null for what no known mapping has.</param>
/// <param name="TotalBytes">Monitored at the end.</param>
/// <param name="AccessedBytes">In regions accessed in the last aggregation.</param>
/// <param name="Tail">Bytes idle for at least so long, as in the target's tail.</param>
internal sealed record RecencyMapping(string? Mapping, ulong TotalBytes, ulong AccessedBytes, IReadOnlyList<RecencyMappingTail> Tail)
{
    /// <summary>Bytes about which nothing is known: neither accessed nor idle; null where idle times are ages of regions.</summary>
    public ulong? UnknownBytes { get; init; }
}
