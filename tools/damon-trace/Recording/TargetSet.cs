using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Recording;

/// <summary>Opens the processes that <c>record</c> and <c>live</c> were asked for.</summary>
internal static class TargetSet
{
    /// <summary>Opens the processes and chooses how they are watched.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="request">How they are watched.</param>
    /// <param name="error">Told why the memory of a process stays without the names that were asked for.</param>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="AccessCheckUnavailableException">No access check, or not the one asked for, works here.</exception>
    internal static MemoryMonitor Open(IReadOnlyList<int> pids, RecordRequest request, TextWriter error)
    {
        // A name that does not exist is a mistake on the command line; what does not work here is not.
        if (request.AccessCheck != AccessCheckCatalog.Auto && AccessCheckCatalog.Find(request.AccessCheck) is null)
        {
            throw new UserErrorException(
                $"there is no access check '{request.AccessCheck}'",
                $"use auto, {string.Join(", ", AccessCheckCatalog.ByPreference.Select(kind => kind.Name))}",
                ExitCode.Usage);
        }

        return MemoryMonitor.Attach(pids, new MonitorOptions
        {
            AccessCheck = request.AccessCheck,
            Attributes = request.Attributes,
            CpuBudget = request.CpuBudget,
            BudgetCoversProcess = true,
            Realtime = request.Realtime,
            AllowInjection = request.AllowInjection,
            Ranges = request.Regions,
            Seed = request.Seed,
            Names = request.DotNetNames ? processes => DotNetHeap.WatchAll(processes, error) : null,
        });
    }

    /// <summary>The processes and how they are watched, for people.</summary>
    internal static string Describe(MemoryMonitor monitor)
    {
        AccessCheckChoice check = monitor.AccessCheck;
        return $"{Names(monitor.Targets.Select(static target => target.Process))} with {check.Kind.Name}{(check.FellBackToMappings ? $", which sees whole mappings only ({check.Refusals})" : "")}";
    }

    /// <summary>Names and ids, for people.</summary>
    internal static string Names(IEnumerable<TargetProcess> processes) =>
        string.Join(", ", processes.Select(static process => $"{process.Comm} ({process.Pid})"));
}
