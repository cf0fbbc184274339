using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>What of a scheme cannot be done here, whatever memory matches.</summary>
public static class SchemeFeasibility
{
    /// <summary>Why a scheme cannot be applied from user space at all; null when it can.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="isOwnProcess">It is for the calling process itself.</param>
    public static (string Problem, string Hint)? Refusal(Scheme scheme, bool isOwnProcess)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        if (scheme.Filters.FirstOrDefault(static filter => filter.Kind is FilterKind.Unmapped or FilterKind.Active) is { } filter)
        {
            return ($"filter '{SchemeText.NameOf(filter.Kind)}' needs the kernel's DAMON", "leave it out; 'young' and the accesses of the pattern work here");
        }

        string name = SchemeActionNames.NameOf(scheme.Action);
        return scheme.Action switch
        {
            SchemeAction.HugePage or SchemeAction.NoHugePage when !isOwnProcess => (
                $"'{name}' works on oneself only: the kernel takes that advice from nobody else",
                scheme.Action == SchemeAction.HugePage ? "'collapse' makes huge pages now" : "'demote' breaks huge pages up"),
            SchemeAction.MigrateHot or SchemeAction.MigrateCold => RefusalToMove(name, scheme.TargetNode, MemoryNodes.Read()),
            _ => null,
        };
    }

    /// <summary>Why nothing can be moved to a node of a machine with some; null when it can.</summary>
    internal static (string Problem, string Hint)? RefusalToMove(string action, int node, IReadOnlyList<int> nodes) => nodes switch
    {
        { Count: 1 } => (
            $"'{action}' moves between memory nodes, and this machine has one", "use 'cold' or 'pageout' for cold memory, 'collapse' for hot"),
        _ when !nodes.Contains(node) => ($"'{action}': there is no memory node {node} here", $"node=N with one of {string.Join(", ", nodes)}"),
        _ => null,
    };

    /// <summary>What a scheme will not do on this machine as it is now, one sentence each; empty when it can do everything.</summary>
    public static IReadOnlyList<string> Limits(Scheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        var memory = new MemoryState();
        memory.Refresh(Time.GetNs(Time.CLOCK_MONOTONIC));
        List<string> limits = [];
        if (scheme.Pattern.MaxSize < (ulong)Unistd.PageSize)
        {
            limits.Add($"nothing matches: no region is smaller than a page, {SchemeText.Size((ulong)Unistd.PageSize)}");
        }

        if (scheme.Action == SchemeAction.PageOut)
        {
            if (memory.SwapTotalKb == 0)
            {
                limits.Add("there is no swap: only memory of files is paged out; anonymous and shared memory is refused");
            }
            else if (!memory.HasSwap)
            {
                limits.Add("swap is nearly full: only memory of files is paged out until a fifth of it is free");
            }

            limits.Add("code, pages that other processes map, and locked memory are left alone");
        }

        bool needsPressure = scheme.Watermarks.Metric == WatermarkMetric.MemPressure
            || scheme.Quota.Goals.Any(static goal => goal.Metric == QuotaGoalMetric.SomeMemPsiUs);
        if (needsPressure && memory.ReadPressureUs() is null)
        {
            limits.Add("memory pressure is unknown: the kernel has no PSI, or it is off (boot with psi=1)");
        }

        limits.AddRange(Groups(scheme).Distinct().Where(static group => !CgroupMemory.Exists(group))
            .Select(static group => $"there is no control group '{group}' here: nothing is of it"));
        IReadOnlyList<int> nodes = MemoryNodes.Read();
        limits.AddRange(scheme.Quota.Goals.Where(goal => goal.Node is int node && !nodes.Contains(node))
            .Select(static goal => $"there is no memory node {goal.Node} here: how far its goal is met is unknown"));
        return limits;
    }

    private static IEnumerable<string> Groups(Scheme scheme) =>
    [
        .. scheme.Filters.Where(static filter => filter.Kind == FilterKind.Memcg).Select(static filter => filter.Name),
        .. scheme.Quota.Goals.Select(static goal => goal.CgroupPath).Where(static path => path.Length > 0),
    ];
}
