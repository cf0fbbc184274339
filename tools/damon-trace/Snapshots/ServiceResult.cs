using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>Several processes and what they touch and hold together.</summary>
/// <param name="Selection">How they were named.</param>
/// <param name="Total">Each page once; null where page frames are hidden.</param>
/// <param name="Processes">Each for itself: the sum over them counts shared pages several times.</param>
internal sealed record ServiceResult(string Selection, ServiceTotal? Total, IReadOnlyList<SnapshotResult> Processes)
{
    public int Schema { get; } = 1;

    internal static ServiceResult Of(string selection, IReadOnlyList<SnapshotResult> processes, SharedPages shared)
    {
        ServiceTotal? total = shared.IsKnown
            ? new ServiceTotal(
                shared.TouchedBytes, shared.ColdBytes, shared.UnknownBytes, shared.ResidentBytes,
                Excess(processes, static one => one.TouchedBytes, shared.TouchedBytes),
                Excess(processes, static one => one.ResidentBytes, shared.ResidentBytes))
            {
                Labels = [.. shared.Labels().Select(static label => new SnapshotLabel(label.Label, label.TouchedBytes, label.ColdBytes, label.UnknownBytes, null))
                    .OrderByDescending(static label => label.ResidentBytes)],
            }
            : null;
        return new ServiceResult(selection, total, processes);
    }

    private static ulong Excess(IReadOnlyList<SnapshotResult> processes, Func<SnapshotResult, ulong> bytes, ulong once)
    {
        ulong sum = processes.Aggregate(0UL, (sum, one) => sum + bytes(one));
        return sum > once ? sum - once : 0;
    }
}

/// <summary>All together, each page once.</summary>
/// <param name="TouchedBytes">Touched by at least one of them.</param>
/// <param name="ColdBytes">Touched by none.</param>
/// <param name="UnknownBytes">Of which nothing is known.</param>
/// <param name="ResidentBytes">Touched + cold + unknown.</param>
/// <param name="SharedTouchedBytes">By how much the sum over the processes is larger.</param>
/// <param name="SharedResidentBytes">The same of what they hold.</param>
internal sealed record ServiceTotal(
    ulong TouchedBytes, ulong ColdBytes, ulong UnknownBytes, ulong ResidentBytes, ulong SharedTouchedBytes, ulong SharedResidentBytes)
{
    /// <summary>The same by what they keep in it, as far as that was asked for, each page once.</summary>
    public IReadOnlyList<SnapshotLabel> Labels { get; init; } = [];
}
