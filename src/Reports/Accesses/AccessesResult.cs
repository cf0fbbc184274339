namespace Damon.Trace.Reports.Accesses;

/// <summary>Who touches ranges of memory.</summary>
public sealed record AccessesResult
{
    public required int Pid { get; init; }

    public required string Comm { get; init; }

    /// <summary>How accesses were sampled.</summary>
    public required string Sampler { get; init; }

    /// <summary>What the shares are shares of.</summary>
    public required string SharesOf { get; init; }

    public required double DurationSeconds { get; init; }

    public required AccessesCounts Counts { get; init; }

    public required IReadOnlyList<AccessesRange> Ranges { get; init; }

    /// <summary>What should be known to read the numbers, a sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>What was done, and what could not be.</summary>
public sealed record AccessesCounts
{
    public required long Probes { get; init; }

    public required long Hits { get; init; }

    public required long Misses { get; init; }

    public required long Accesses { get; init; }

    public required long NoDebugRegister { get; init; }

    public required long ThreadsGone { get; init; }

    public required long Refused { get; init; }

    public required long Lost { get; init; }

    public required long PutOff { get; init; }

    public required long UnknownAddress { get; init; }

    public required int Threads { get; init; }

    public required double TargetCostSeconds { get; init; }

    public required double TargetCpuSeconds { get; init; }

    public required double OwnCpuSeconds { get; init; }
}

/// <summary>A share of the weight of a range's accesses and its 95 % interval, 0 to 1.</summary>
public sealed record AccessesShare(double Share, double Low, double High);

/// <summary>One range, or the mappings of one name.</summary>
public sealed record AccessesRange
{
    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required ulong Bytes { get; init; }

    public required string Name { get; init; }

    /// <summary>How often a page of it was found accessed, in Hz; null where that was not looked at.</summary>
    public required double? FrequencyHz { get; init; }

    /// <summary>Looks that saw an access to it.</summary>
    public required long Hits { get; init; }

    public required long Accesses { get; init; }

    /// <summary>Draws of equal weight that would say as much.</summary>
    public required double EffectiveHits { get; init; }

    /// <summary>Null where of no access it is known.</summary>
    public required AccessesShare? Writes { get; init; }

    public required AccessesShare? Kernel { get; init; }

    /// <summary>Accesses whose direction is not known.</summary>
    public required double UnknownDirectionShare { get; init; }

    /// <summary>Accesses whose callers are not known: code without frame pointers.</summary>
    public required double NoStackShare { get; init; }

    public required IReadOnlyList<AccessesFunction> Functions { get; init; }

    public required IReadOnlyList<AccessesThread> Threads { get; init; }
}

/// <summary>A function that touches a range.</summary>
public sealed record AccessesFunction
{
    public required string Function { get; init; }

    public required string Module { get; init; }

    public required bool IsKernel { get; init; }

    /// <summary>Who called it in most of these accesses; null where callers are not known.</summary>
    public required string? Caller { get; init; }

    public required long Accesses { get; init; }

    public required double Share { get; init; }

    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>Null where it is not known.</summary>
    public required double? WriteShare { get; init; }
}

/// <summary>A thread that touches a range.</summary>
public sealed record AccessesThread(int Tid, string Name, long Accesses, double Share, double Low, double High);
