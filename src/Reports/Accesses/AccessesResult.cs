namespace Damon.Trace.Reports.Accesses;

/// <summary>What <c>report who</c> says.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Targets">Targets of which accesses were sampled.</param>
public sealed record RecordedAccesses(RecordingFacts Recording, IReadOnlyList<AccessesResult> Targets);

/// <summary>Who touches ranges of memory of one process.</summary>
public sealed record AccessesResult
{
    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Its name.</summary>
    public required string Comm { get; init; }

    /// <summary>How accesses were sampled.</summary>
    public required string Sampler { get; init; }

    /// <summary>What the shares are shares of.</summary>
    public required string SharesOf { get; init; }

    /// <summary>For how long it was watched.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>What was done, and what could not be.</summary>
    public required AccessesCounts Counts { get; init; }

    /// <summary>In the order they were asked for.</summary>
    public required IReadOnlyList<AccessesRange> Ranges { get; init; }

    /// <summary>What should be known to read the numbers, a sentence each.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>What was done, and what could not be.</summary>
public sealed record AccessesCounts
{
    /// <summary>Looks: a watchpoint that was set, or a sample that was taken.</summary>
    public required long Probes { get; init; }

    /// <summary>Looks that saw an access.</summary>
    public required long Hits { get; init; }

    /// <summary>Looks that saw none.</summary>
    public required long Misses { get; init; }

    /// <summary>Accesses that were seen.</summary>
    public required long Accesses { get; init; }

    /// <summary>Watchpoints that could not be set: the thread's debug registers are taken.</summary>
    public required long NoDebugRegister { get; init; }

    /// <summary>Watchpoints that could not be set: the thread had ended.</summary>
    public required long ThreadsGone { get; init; }

    /// <summary>Times the kernel refused.</summary>
    public required long Refused { get; init; }

    /// <summary>Samples lost by the kernel.</summary>
    public required long Lost { get; init; }

    /// <summary>Looks put off to keep within the budgets of target and own CPU.</summary>
    public required long PutOff { get; init; }

    /// <summary>Looks beside accesses whose address could not be found out.</summary>
    public required long UnknownAddress { get; init; }

    /// <summary>Threads watched.</summary>
    public required int Threads { get; init; }

    /// <summary>CPU time that the target lost by being watched, estimated.</summary>
    public required double TargetCostSeconds { get; init; }

    /// <summary>CPU time of the target meanwhile.</summary>
    public required double TargetCpuSeconds { get; init; }

    /// <summary>CPU time of the watcher.</summary>
    public required double OwnCpuSeconds { get; init; }
}

/// <summary>A share of the weight of a range's accesses and its 95 % interval, 0 to 1.</summary>
public sealed record AccessesShare(double Share, double Low, double High);

/// <summary>One range, or the mappings of one name.</summary>
public sealed record AccessesRange
{
    /// <summary>First byte.</summary>
    public required ulong Start { get; init; }

    /// <summary>First byte after it.</summary>
    public required ulong End { get; init; }

    /// <summary>Its memory: less than its length where it has gaps.</summary>
    public required ulong Bytes { get; init; }

    /// <summary>What it is: names of mappings.</summary>
    public required string Name { get; init; }

    /// <summary>How often a page of it was found accessed, in Hz; null where that was not looked at.</summary>
    public required double? FrequencyHz { get; init; }

    /// <summary>Looks that saw an access to it.</summary>
    public required long Hits { get; init; }

    /// <summary>Accesses that were seen.</summary>
    public required long Accesses { get; init; }

    /// <summary>Draws of equal weight that would say as much.</summary>
    public required double EffectiveHits { get; init; }

    /// <summary>Null where of no access it is known.</summary>
    public required AccessesShare? Writes { get; init; }

    /// <summary>Made by the kernel for its threads; null where of no access it is known.</summary>
    public required AccessesShare? Kernel { get; init; }

    /// <summary>Accesses whose direction is not known.</summary>
    public required double UnknownDirectionShare { get; init; }

    /// <summary>Accesses whose callers are not known: code without frame pointers.</summary>
    public required double NoStackShare { get; init; }

    /// <summary>Largest share first.</summary>
    public required IReadOnlyList<AccessesFunction> Functions { get; init; }

    /// <summary>Largest share first.</summary>
    public required IReadOnlyList<AccessesThread> Threads { get; init; }
}

/// <summary>A function that touches a range.</summary>
public sealed record AccessesFunction
{
    /// <summary>Its name, or module and offset where there is no symbol.</summary>
    public required string Function { get; init; }

    /// <summary>The file the code is from.</summary>
    public required string Module { get; init; }

    /// <summary>Code of the kernel.</summary>
    public required bool IsKernel { get; init; }

    /// <summary>Who called it in most of these accesses; null where callers are not known.</summary>
    public required string? Caller { get; init; }

    /// <summary>Accesses that were seen.</summary>
    public required long Accesses { get; init; }

    /// <summary>Share of the weight of the accesses to the range, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Lower bound of its 95 % interval.</summary>
    public required double Low { get; init; }

    /// <summary>Upper bound of its 95 % interval.</summary>
    public required double High { get; init; }

    /// <summary>Null where it is not known.</summary>
    public required double? WriteShare { get; init; }
}

/// <summary>A thread that touches a range.</summary>
public sealed record AccessesThread(int Tid, string Name, long Accesses, double Share, double Low, double High);
