using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Schemes;

/// <summary>What <c>report schemes</c> says.</summary>
public sealed record SchemesResult
{
    /// <summary>Which recording, which part of it, and what is missing from it.</summary>
    public required RecordingFacts Recording { get; init; }

    /// <summary>By kdamond, context and number.</summary>
    public required IReadOnlyList<SchemeResult> Schemes { get; init; }
}

/// <summary>What one scheme was tried on, and what the kernel says of it.</summary>
public sealed record SchemeResult
{
    /// <summary>Name of the kdamond's thread.</summary>
    public required string Kdamond { get; init; }

    /// <summary>Its thread id.</summary>
    public required int KdamondTid { get; init; }

    /// <summary>Index of the context in its kdamond.</summary>
    public required uint Context { get; init; }

    /// <summary>Index of the scheme in its context.</summary>
    public required uint Scheme { get; init; }

    /// <summary>Regions it was tried on; a region that comes again counts again.</summary>
    public required long Regions { get; init; }

    /// <summary>Their bytes.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>Time of the first event, in the recording's clock.</summary>
    public required long BeginNs { get; init; }

    /// <summary>Time of the last.</summary>
    public required long EndNs { get; init; }

    /// <summary>In bytes.</summary>
    public required IReadOnlyList<SchemeRange> BySize { get; init; }

    /// <summary>In samples found accessed per aggregation.</summary>
    public required IReadOnlyList<SchemeRange> ByNrAccesses { get; init; }

    /// <summary>In aggregation intervals.</summary>
    public required IReadOnlyList<SchemeRange> ByAge { get; init; }

    /// <summary>Seconds in which it was tried on something.</summary>
    public required IReadOnlyList<SchemeSecond> OverTime { get; init; }

    /// <summary>Null where the kernel does not tell.</summary>
    public required SchemeQuota? EffectiveQuota { get; init; }

    /// <summary>The kernel's counters as last told; null where it does not.</summary>
    public required SchemeStatistics? Counters { get; init; }

    /// <summary>How often they were told.</summary>
    public required long CounterEvents { get; init; }
}

/// <summary>Regions within a range of values, both ends included.</summary>
public sealed record SchemeRange(ulong From, ulong To, long Regions, ulong Bytes);

/// <summary>A second in which a scheme was tried on something.</summary>
public sealed record SchemeSecond(long BeginNs, long? WallBeginNs, long Regions, ulong Bytes);

/// <summary>Bytes that a scheme may be applied to in a quota interval.</summary>
public sealed record SchemeQuota(ulong LastBytes, ulong MinBytes, ulong MaxBytes, long Events);
