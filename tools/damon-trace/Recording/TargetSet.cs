using Damon.Trace.Cli.DotNet;
using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>The processes of a recording, opened, with the access check that serves all of them.</summary>
internal sealed class TargetSet
{
    private readonly AccessCheckChoice _choice;

    private TargetSet(IReadOnlyList<MonitoredTarget> targets, AccessCheckChoice choice)
    {
        Targets = targets;
        _choice = choice;
    }

    internal IReadOnlyList<MonitoredTarget> Targets { get; }

    /// <summary>Name of the access check in use.</summary>
    internal string AccessCheck => _choice.Kind.Name;

    /// <summary>Opens the processes and chooses how they are watched.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="request">How they are watched.</param>
    /// <param name="error">Told why the memory of a process stays without the names that were asked for.</param>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="AccessCheckUnavailableException">No access check, or not the one asked for, works here.</exception>
    internal static TargetSet Open(IReadOnlyList<int> pids, RecordRequest request, TextWriter error)
    {
        List<TargetProcess> processes = [];
        IReadOnlyList<DotNetHeap> names = [];
        try
        {
            processes.AddRange(pids.Select(TargetProcess.Open));
            var settings = new AccessCheckSettings(request.Attributes.SampleUs, request.Realtime, request.AllowInjection);
            AccessCheckChoice choice = Choose(processes, request, settings);
            names = request.DotNetNames ? DotNetHeap.WatchAll(processes, error) : [];
            string remarks = choice.FellBackToMappings ? RecordingLabels.FellBack : "";
            return new TargetSet(
                [.. processes.Select((process, i) => Monitor(process, choice.Kind, settings, request, names.ElementAtOrDefault(i), remarks))], choice);
        }
        catch
        {
            foreach (IDisposable opened in names.Concat<IDisposable>(processes))
            {
                opened.Dispose();
            }

            throw;
        }
    }

    internal string Describe() =>
        string.Join(", ", Targets.Select(target => $"{target.Process.Comm} ({target.Process.Pid})")) + $" with {AccessCheck}"
        + (_choice.FellBackToMappings ? $", which sees whole mappings only ({_choice.Refusals})" : "");

    internal KdamondOptions ToKdamondOptions(RecordRequest request) => new()
    {
        Attributes = request.Attributes,
        Operations = request.Operations,
        CpuBudget = request.CpuBudget,
        Realtime = request.Realtime,
        AccessCheck = AccessCheck,
        Seed = request.Seed,
    };

    private static MonitoredTarget Monitor(
        TargetProcess process, AccessCheckKind kind, AccessCheckSettings settings, RecordRequest request, DotNetHeap? names, string remarks)
    {
        var space = new VaddrAddressSpace(process);
        if (request.Regions.Count > 0)
        {
            // Nobody follows the mappings then: they are described as they are now.
            _ = space.TryReadMappings([]);
        }

        return new MonitoredTarget(process, space, kind.Create(process, settings)) { FixedRanges = request.Regions, Names = names, Remarks = remarks };
    }

    /// <summary>A name that does not exist is a mistake on the command line; what does not work here is not.</summary>
    private static AccessCheckChoice Choose(List<TargetProcess> processes, RecordRequest request, AccessCheckSettings settings)
    {
        if (request.AccessCheck != AccessCheckCatalog.Auto && AccessCheckCatalog.Find(request.AccessCheck) is null)
        {
            throw new UserErrorException(
                $"there is no access check '{request.AccessCheck}'",
                $"use auto, {string.Join(", ", AccessCheckCatalog.ByPreference.Select(kind => kind.Name))}",
                ExitCode.Usage);
        }

        return AccessCheckChoice.Choose(request.AccessCheck, processes, settings);
    }
}
