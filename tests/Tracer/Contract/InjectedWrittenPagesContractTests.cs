using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.WrittenPages;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>The contract, kept with a userfaultfd that the process was made to open.</summary>
public sealed class InjectedWrittenPagesContractTests : AccessCheckContract
{
    /// <inheritdoc/>
    protected override bool SeesReads => false;

    /// <inheritdoc/>
    protected override AccessCheckSubject CreateSubject(Touch touch)
    {
        Capability capability = new WrittenPagesKind().Probe();
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        capability = InjectedUserfaultfd.Probe(self);
        Assert.SkipUnless(capability.Available, capability.Reason ?? "");
        return ExerciserSubject.Start(touch, static target => WrittenPagesCheck.Create(target, allowInjection: true), asGrandchild: true);
    }
}
