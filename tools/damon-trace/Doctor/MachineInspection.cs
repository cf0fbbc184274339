using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Kernel.Driving;

namespace Damon.Trace.Cli.Doctor;

/// <summary>Finds out what this machine offers. By looking alone: no file is written, no program loaded, nothing tried.</summary>
internal sealed class MachineInspection
{
    private const int Schema = 1;

    private readonly Distribution _distribution;
    private readonly KernelConfiguration _configuration;

    internal MachineInspection(Distribution distribution, KernelConfiguration configuration)
    {
        _distribution = distribution;
        _configuration = configuration;
    }

    internal static MachineReport Run() => new MachineInspection(Distribution.Read(), KernelConfiguration.Read())
        .Report(AccessCheckCatalog.ByPreference, new KernelDamon().Inspect(), MachineFeatures.Find());

    internal MachineReport Report(IReadOnlyList<AccessCheckKind> kinds, KernelDamonState damon, IReadOnlyList<Finding> features)
    {
        List<CheckReport> checks = [.. kinds.Select(ReportCheck)];
        return new MachineReport(
            Schema,
            new KernelReport(KernelConfiguration.Release, RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), _configuration.Path),
            _distribution.Name,
            Choose(checks),
            checks,
            ReportKernelDamon(damon),
            [.. features.Select(ReportFeature)]);
    }

    private CheckReport ReportCheck(AccessCheckKind kind)
    {
        Capability capability = kind.Probe();
        return new CheckReport(
            kind.Name, capability.Available, kind.Summary, kind.IsChosenByAuto, capability.Reason, Help(kind.Name, capability), kind.Unproved);
    }

    /// <summary>The first that works; those before it are the better ones.</summary>
    private static ChoiceReport Choose(List<CheckReport> checks)
    {
        List<CheckReport> automatic = checks.FindAll(check => check.Auto);
        int chosen = automatic.FindIndex(check => check.Available);
        IReadOnlyList<BetterReport> better =
            [.. automatic.Take(chosen < 0 ? automatic.Count : chosen).Select(check => new BetterReport(check.Name, check.Reason ?? "", check.Help))];
        return chosen < 0
            ? new ChoiceReport(null, "no access check works here", better)
            : new ChoiceReport(
                automatic[chosen].Name,
                automatic[chosen].Promise + (chosen == 0 ? "; the best there is" : "; the best that works here"),
                better);
    }

    private KernelDamonReport ReportKernelDamon(KernelDamonState damon)
    {
        string state = damon.Owner switch
        {
            KernelDamonOwner.Nobody => "free",
            KernelDamonOwner.Recording => "recording",
            KernelDamonOwner.EndedRecording => "left-behind",
            KernelDamonOwner.Other => "in-use",
            _ => "unavailable",
        };
        string[] operations = [KernelContext.Vaddr, KernelContext.Fvaddr, KernelContext.Paddr];
        return new KernelDamonReport(
            state, damon.Description, damon.Capability.Available, damon.Capability.Hint, [.. operations.Select(ReportOperations)]);
    }

    private OperationsReport ReportOperations(string operations)
    {
        IReadOnlyList<string> missing = _configuration.Missing(KernelOptions.Of(operations));
        return new OperationsReport(
            operations, _configuration.Path is null ? null : missing.Count == 0, _distribution.KernelWith(missing));
    }

    private FeatureReport ReportFeature(Finding finding) => new(
        finding.Name, finding.Capability.Available, finding.Detail, finding.Capability.Reason, Help(finding.Name, finding.Capability));

    /// <summary>A missing kernel option, and where to get it, says more than a general hint.</summary>
    private string? Help(string name, Capability capability) => capability.Available
        ? null
        : _distribution.KernelWith(_configuration.Missing(KernelOptions.Of(name))) ?? capability.Hint;
}
