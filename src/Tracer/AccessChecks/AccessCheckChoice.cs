using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>
/// The access check that serves a set of processes, and why it is this one. <c>auto</c> takes the first of <see cref="AccessCheckCatalog.ByPreference"/>
/// that sees reads and writes of all memory, passes its self-test on this machine, and may watch every one of the processes.
/// </summary>
public sealed class AccessCheckChoice
{
    private AccessCheckChoice(AccessCheckKind kind, IReadOnlyList<AccessCheckTrial> trials)
    {
        Kind = kind;
        Trials = trials;
    }

    /// <summary>The one to use.</summary>
    public AccessCheckKind Kind { get; }

    /// <summary>Every one that was tried, best first; the last is <see cref="Kind"/>.</summary>
    public IReadOnlyList<AccessCheckTrial> Trials { get; }

    /// <summary>Why better ones do not work here: <c>name: reason</c>, joined by <c>; </c>. Empty when there are none.</summary>
    public string Refusals => Reasons(Trials.SkipLast(1));

    /// <summary>True when only whole mappings are seen although nobody asked for that: everything that sees pages is refused here.</summary>
    public bool FellBackToMappings => Trials.Count > 1 && Kind.Granularity == AccessGranularity.Mapping;

    /// <summary>Chooses, and tries it before: some ten milliseconds, on memory of this process or of a child of it.</summary>
    /// <param name="name"><see cref="AccessCheckCatalog.Auto"/>, or the name of an access check.</param>
    /// <param name="processes">
    /// The processes it must serve; they stay the caller's, and nothing is changed in them. Those that exit meanwhile count for nothing.
    /// </param>
    /// <param name="settings">How it is going to be used.</param>
    /// <exception cref="ArgumentException">There is no access check of that name.</exception>
    /// <exception cref="AccessCheckUnavailableException">None, or not the one asked for, works here.</exception>
    public static AccessCheckChoice Choose(string name, IReadOnlyList<TargetProcess> processes, AccessCheckSettings settings)
    {
        bool isAuto = name == AccessCheckCatalog.Auto;
        IEnumerable<AccessCheckKind> candidates = isAuto
            ? AccessCheckCatalog.ByPreference.Where(kind => kind.IsChosenByAuto)
            : [AccessCheckCatalog.Find(name) ?? throw new ArgumentException($"there is no access check '{name}'", nameof(name))];
        List<AccessCheckTrial> trials = [];
        foreach (AccessCheckKind kind in candidates)
        {
            Capability capability = Try(kind, processes, settings);
            trials.Add(new AccessCheckTrial(kind, capability));
            if (capability.Available)
            {
                return new AccessCheckChoice(kind, trials);
            }
        }

        throw new AccessCheckUnavailableException(
            isAuto ? $"no access check works here ({Reasons(trials)})" : $"{name} does not work here: {trials[0].Capability.Reason}",
            trials.FirstOrDefault(trial => trial.Capability.Hint is not null)?.Capability.Hint,
            trials);
    }

    /// <summary>What works on this machine need not work on every process. That one has exited says nothing about the access check.</summary>
    private static Capability Try(AccessCheckKind kind, IReadOnlyList<TargetProcess> processes, AccessCheckSettings settings)
    {
        Capability result = kind.SelfTest();
        for (int i = 0; i < processes.Count && result.Available; i++)
        {
            Capability target = kind.ProbeTarget(processes[i], settings);
            result = target.Available || processes[i].HasExited ? result : target;
        }

        return result;
    }

    private static string Reasons(IEnumerable<AccessCheckTrial> refused) =>
        string.Join("; ", refused.Select(trial => $"{trial.Kind.Name}: {trial.Capability.Reason}"));
}
