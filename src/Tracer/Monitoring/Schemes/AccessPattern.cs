namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>
/// Which regions a scheme is for: all three bounds must hold, ends included. Bounds in percent, Hz or time become whole samples and
/// aggregations inwards: at least 1 % of 20 samples is 1 sample, at most 1 % is none.
/// </summary>
public sealed record AccessPattern
{
    /// <summary>Smallest size in bytes.</summary>
    public ulong MinSize { get; init; }

    /// <summary>Largest size in bytes.</summary>
    public ulong MaxSize { get; init; } = ulong.MaxValue;

    /// <summary>Accessed at least so often.</summary>
    public AccessBound MinAccesses { get; init; } = AccessBound.Min;

    /// <summary>Accessed at most so often.</summary>
    public AccessBound MaxAccesses { get; init; } = AccessBound.Max;

    /// <summary>Unchanged for at least so long.</summary>
    public AgeBound MinAge { get; init; } = AgeBound.Min;

    /// <summary>Unchanged for at most so long.</summary>
    public AgeBound MaxAge { get; init; } = AgeBound.Max;

    /// <summary>The pattern in whole numbers under intervals in force.</summary>
    /// <param name="attributes">The intervals.</param>
    public MatchRange Resolve(DamonAttributes attributes) => new(
        MinSize, MaxSize, MinAccesses.AtLeast(attributes), MaxAccesses.AtMost(attributes), MinAge.AtLeast(attributes), MaxAge.AtMost(attributes));

    /// <summary>
    /// Whether a region is meant. Ages that are times are compared with the time that really passed: aggregations take longer than their interval
    /// says when a machine is busy, or a target large.
    /// </summary>
    /// <param name="match">This pattern, resolved.</param>
    /// <param name="region">The region.</param>
    /// <param name="nrAccesses">Its accesses, as a moving sum.</param>
    internal bool Contains(in MatchRange match, in DamonRegion region, uint nrAccesses) =>
        match.MinSize <= region.Size && region.Size <= match.MaxSize
        && match.MinNrAccesses <= nrAccesses && nrAccesses <= match.MaxNrAccesses
        && (MinAge.IsTime ? MinAge.Value * 1_000 <= region.AgeNs : match.MinAge <= region.Age)
        && (MaxAge.IsTime ? region.AgeNs <= MaxAge.Value * 1_000 : region.Age <= match.MaxAge);
}
