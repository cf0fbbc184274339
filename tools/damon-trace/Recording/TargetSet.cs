using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Worker;

namespace Damon.Trace.Cli.Recording;

/// <summary>The processes of a recording, opened, with the access check that serves all of them.</summary>
internal sealed class TargetSet
{
    private readonly string _fallback;

    private TargetSet(IReadOnlyList<MonitoredTarget> targets, string accessCheck, string fallback)
    {
        Targets = targets;
        AccessCheck = accessCheck;
        _fallback = fallback;
    }

    internal IReadOnlyList<MonitoredTarget> Targets { get; }

    /// <summary>Name of the access check in use.</summary>
    internal string AccessCheck { get; }

    /// <summary>Opens the processes and chooses how they are watched.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="request">How they are watched.</param>
    /// <param name="error">Told why the memory of a process stays without the names that were asked for.</param>
    /// <exception cref="TargetUnavailableException">A process does not exist or is not ours to watch.</exception>
    /// <exception cref="UserErrorException">No access check, or not the one asked for, works here.</exception>
    internal static TargetSet Open(IReadOnlyList<int> pids, RecordRequest request, TextWriter error)
    {
        List<TargetProcess> processes = [];
        IReadOnlyList<DotNetHeap> names = [];
        try
        {
            processes.AddRange(pids.Select(TargetProcess.Open));
            var settings = new AccessCheckSettings(request.Attributes.SampleUs, request.Realtime, request.AllowInjection);
            AccessCheckKind kind = Choose(processes, request, settings, out string fallback);
            names = request.DotNetNames ? DotNetHeap.WatchAll(processes, error) : [];
            return new TargetSet([.. processes.Select((process, i) => Monitor(process, kind, settings, request, names.ElementAtOrDefault(i)))], kind.Name, fallback);
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
        string.Join(", ", Targets.Select(target => $"{target.Process.Comm} ({target.Process.Pid})")) + $" with {AccessCheck}{_fallback}";

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
        TargetProcess process, AccessCheckKind kind, AccessCheckSettings settings, RecordRequest request, DotNetHeap? names)
    {
        var space = new VaddrAddressSpace(process);
        if (request.Regions.Count > 0)
        {
            // Nobody follows the mappings then: they are described as they are now.
            _ = space.TryReadMappings([]);
        }

        return new MonitoredTarget(process, space, kind.Create(process, settings)) { FixedRanges = request.Regions, Names = names };
    }

    /// <param name="processes">The processes it must serve.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="settings">How it is to be used.</param>
    /// <param name="fallback">For people: that only whole mappings are seen, and why; else empty.</param>
    private static AccessCheckKind Choose(
        List<TargetProcess> processes, RecordRequest request, AccessCheckSettings settings, out string fallback)
    {
        fallback = "";
        if (request.AccessCheck != AccessCheckCatalog.Auto)
        {
            AccessCheckKind asked = AccessCheckCatalog.Find(request.AccessCheck)
                ?? throw new UserErrorException(
                    $"there is no access check '{request.AccessCheck}'",
                    $"use auto, {string.Join(", ", AccessCheckCatalog.ByPreference.Select(kind => kind.Name))}",
                    ExitCode.Usage);
            Capability capability = Test(asked, processes, settings);
            return capability.Available
                ? asked
                : throw new UserErrorException($"{asked.Name} does not work here: {capability.Reason}", capability.Hint, ExitCode.NoAccessCheck);
        }

        List<string> refusals = [];
        string? hint = null;
        foreach (AccessCheckKind kind in AccessCheckCatalog.ByPreference.Where(kind => kind.IsChosenByAuto))
        {
            Capability capability = Test(kind, processes, settings);
            if (capability.Available)
            {
                fallback = kind is ReferencedMappingsKind ? $", which sees whole mappings only ({string.Join("; ", refusals)})" : "";
                return kind;
            }

            refusals.Add($"{kind.Name}: {capability.Reason}");
            hint ??= capability.Hint;
        }

        throw new UserErrorException($"no access check works here ({string.Join("; ", refusals)})", hint, ExitCode.NoAccessCheck);
    }

    /// <summary>What works on this machine need not work on every process.</summary>
    private static Capability Test(AccessCheckKind kind, List<TargetProcess> processes, AccessCheckSettings settings)
    {
        Capability here = kind.SelfTest();
        return here.Available
            ? processes.Select(process => kind.ProbeTarget(process, settings)).FirstOrDefault(target => !target.Available) ?? here
            : here;
    }
}
