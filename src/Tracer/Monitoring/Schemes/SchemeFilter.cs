namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>Allows or rejects memory of a kind, whatever its accesses (struct damos_filter). The first filter that hits decides.</summary>
public sealed record SchemeFilter
{
    /// <summary>What it looks at.</summary>
    public required FilterKind Kind { get; init; }

    /// <summary>It hits memory that is of the kind; false: memory that is not.</summary>
    public bool Matching { get; init; } = true;

    /// <summary>What it hits is allowed; false: rejected.</summary>
    public bool Allow { get; init; }

    /// <summary>Of <see cref="FilterKind.Address"/>.</summary>
    public AddressRange Range { get; init; }

    /// <summary>Of <see cref="FilterKind.Target"/>.</summary>
    public ulong TargetIndex { get; init; }

    /// <summary>Of <see cref="FilterKind.Mapping"/> the pattern, of <see cref="FilterKind.Memcg"/> the path.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of <see cref="FilterKind.HugePageSize"/>: smallest size in bytes.</summary>
    public ulong MinSize { get; init; }

    /// <summary>Of <see cref="FilterKind.HugePageSize"/>: largest size in bytes.</summary>
    public ulong MaxSize { get; init; } = ulong.MaxValue;

    /// <summary>True when addresses alone decide; the others need to know the memory (filters of the operations set).</summary>
    public bool IsCore => Kind is FilterKind.Address or FilterKind.Target;
}
