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
    /// <param name="leastAge">How old a region must be whatever the pattern says: zero, or more when a brake holds the scheme back.</param>
    public MatchRange Resolve(DamonAttributes attributes, TimeSpan leastAge = default) => new(
        MinSize, MaxSize, MinAccesses.AtLeast(attributes), MaxAccesses.AtMost(attributes),
        Math.Max(MinAge.AtLeast(attributes), AgeBound.Time(leastAge).AtLeast(attributes)), MaxAge.AtMost(attributes));
}
