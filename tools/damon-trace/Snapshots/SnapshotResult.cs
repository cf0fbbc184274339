namespace Damon.Trace.Cli.Snapshots;

/// <summary>What a snapshot says; as JSON its properties are in snake_case. Within a schema fields are added, never renamed or removed.</summary>
internal sealed record SnapshotResult
{
    public int Schema { get; } = 1;

    public required int Pid { get; init; }

    public required string Comm { get; init; }

    public required string CommandLine { get; init; }

    /// <summary>Seconds since 1970 at the end of the longest window.</summary>
    public required double TakenWallSeconds { get; init; }

    public required ulong PageBytes { get; init; }

    /// <summary>Ascending; all begin with the same sweep.</summary>
    public required IReadOnlyList<SnapshotWindow> Windows { get; init; }

    /// <summary>In the longest window.</summary>
    public required ulong TouchedBytes { get; init; }

    /// <summary>Resident and not touched in the longest window.</summary>
    public required ulong ColdBytes { get; init; }

    public required ulong UnknownBytes { get; init; }

    /// <summary>Touched + cold + unknown.</summary>
    public required ulong ResidentBytes { get; init; }

    /// <summary>Those that hold memory, in address order, for the longest window.</summary>
    public required IReadOnlyList<SnapshotMapping> Mappings { get; init; }

    /// <summary>The same memory by what the target keeps in it, as far as that was asked for (--names), most memory first.</summary>
    public IReadOnlyList<SnapshotLabel> Labels { get; init; } = [];

    /// <summary>What must be known to read <see cref="Labels"/>.</summary>
    public IReadOnlyList<string> LabelRemarks { get; init; } = [];

    public required SnapshotCost Cost { get; init; }
}

/// <summary>One window.</summary>
/// <param name="WindowSeconds">From the sweep to the begin of the reading.</param>
/// <param name="ReadSeconds">How long the reading took.</param>
/// <param name="TouchedBytes">The working set.</param>
internal sealed record SnapshotWindow(double WindowSeconds, double ReadSeconds, ulong TouchedBytes);

/// <summary>One mapping. Pages are of <see cref="SnapshotResult.PageBytes"/>.</summary>
internal sealed record SnapshotMapping
{
    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    public required string Permissions { get; init; }

    public required string Name { get; init; }

    public required ulong TouchedPages { get; init; }

    public required ulong ColdPages { get; init; }

    public required ulong UnknownPages { get; init; }

    public required ulong ResidentPages { get; init; }

    /// <summary>Of the known pages those that have one bit for 2 MiB: one access touches all of it.</summary>
    public required ulong HugePages { get; init; }

    /// <summary>Of the unknown pages, why.</summary>
    public required SnapshotUnknown Unknown { get; init; }
}

/// <summary>Pages of which nothing can be known, by reason; they add up to the unknown pages.</summary>
internal sealed record SnapshotUnknown(ulong HugetlbPages, ulong DevicePages, ulong OtherSamplerPages, ulong NotDescribedPages);

/// <summary>What the snapshot cost.</summary>
/// <param name="OwnCpuSeconds">CPU of damon-trace for the sweep and the readings.</param>
/// <param name="SweepSeconds">How long the sweep held the target's mmap lock.</param>
/// <param name="TouchAgainSeconds">
/// Estimate of what the target paid for touching pages whose bit was cleared: touched pages x <paramref name="TouchAgainNsPerPage"/>, over
/// all its threads.
/// </param>
/// <param name="TouchAgainNsPerPage">Measured on memory of damon-trace itself; null where it could not be.</param>
internal sealed record SnapshotCost(double OwnCpuSeconds, double SweepSeconds, double? TouchAgainSeconds, double? TouchAgainNsPerPage);
