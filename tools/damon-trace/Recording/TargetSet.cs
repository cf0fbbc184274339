using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.Names;
using Damon.Trace.Cli.Schemes;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Recording;

/// <summary>Opens the processes that <c>record</c> and <c>live</c> were asked for.</summary>
internal static class TargetSet
{
    private const int MaxNames = 8;

    /// <summary>Opens the processes and chooses how they are watched.</summary>
    /// <param name="targets">The processes.</param>
    /// <param name="request">How they are watched.</param>
    /// <param name="error">Told why the memory of a process stays without the names that were asked for.</param>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="AccessCheckUnavailableException">No access check, or not the one asked for, works here.</exception>
    internal static MemoryMonitor Open(TargetSelection targets, RecordRequest request, TextWriter error)
    {
        AccessCheckOption.Require(request.AccessCheck);
        var names = new TargetNames(request, error);
        return MemoryMonitor.Attach(targets, new MonitorOptions
        {
            AccessCheck = request.AccessCheck,
            Attributes = request.Attributes,
            CpuBudget = request.CpuBudget,
            TargetBudget = request.CpuBudget is null ? null : request.TargetBudget ?? (request.Schemes.Count > 0 ? SchemesRun.TargetBudget : null),
            BudgetCoversProcess = true,
            EmitMetrics = true,
            Realtime = request.Realtime,
            AllowInjection = request.AllowInjection,
            Ranges = request.Regions,
            Seed = request.Seed,
            Names = names.AreWanted ? names.WatchAll : null,
        });
    }

    /// <summary>The processes that match now, for recorders that do not follow any.</summary>
    /// <exception cref="TargetUnavailableException">None does.</exception>
    internal static IReadOnlyList<int> OfNow(TargetSelection targets) =>
        targets.IsFollowed ? new TargetSelector(targets).SelectFirst() : targets.Pids;

    /// <summary>Opens those that exist and are ours to watch, and says which are left out.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="needed">Of them those that were named by their ids: without them there is no going on.</param>
    /// <param name="error">Where it is said.</param>
    /// <exception cref="TargetUnavailableException">One that is needed is not there, or none is left.</exception>
    internal static List<TargetProcess> OpenAllowed(IReadOnlyList<int> pids, IReadOnlyList<int> needed, TextWriter error) =>
        TargetProcess.OpenThoseAllowed(pids, needed, int.MaxValue, refused => error.WriteLine($"damon-trace: left out: {refused.Message}"));

    /// <summary>The processes and how they are watched, for people.</summary>
    internal static string Describe(MemoryMonitor monitor)
    {
        AccessCheckChoice check = monitor.AccessCheck;
        TargetProcess[] processes = [.. monitor.Targets.Select(static target => target.Process)];
        string more = processes.Length > MaxNames ? $" and {processes.Length - MaxNames} more" : "";
        string follow = monitor.Selection is { } selection ? $", following {selection}" : "";
        string fallback = check.FellBackToMappings ? $", which sees whole mappings only ({check.Refusals})" : "";
        return $"{Names(processes.Take(MaxNames))}{more}{follow} with {check.Kind.Name}{fallback}";
    }

    /// <summary>Names and ids, for people.</summary>
    internal static string Names(IEnumerable<TargetProcess> processes) =>
        string.Join(", ", processes.Select(static process => $"{process.Comm} ({process.Pid})"));
}
